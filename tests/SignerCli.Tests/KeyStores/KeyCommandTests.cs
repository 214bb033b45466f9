using System.Security.Cryptography;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.KeyStores;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class KeyCommandTests : IDisposable
{
    private const UnixFileMode Mode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Mode700 = Mode600 | UnixFileMode.UserExecute;
    private const UnixFileMode Mode644 = Mode600 | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Mode755 = Mode700 | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly SignerMachine machine = new();

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData("p256", "ecdsa-sha2-nistp256")]
    [InlineData("p384", "ecdsa-sha2-nistp384")]
    [InlineData("ed25519", "ed25519")]
    [InlineData("rsa", "rsassa-pss-sha256")]
    public async Task Generate_EveryKind_IsListedAndExported(string type, string scheme)
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "secret words";

        var made = await machine.RunAsync("key", "generate", "ci", "--type", type);
        var listed = await machine.RunAsync("key", "list", "-o", "json");
        var exported = await machine.RunAsync("key", "export", "ci", "-o", "json");

        Assert.Equal(0, made.ExitCode);
        var key = Assert.Single(listed.Json.EnumerateArray());
        Assert.Equal(made.Results.Trim(), key.GetProperty("keyid").GetString());
        Assert.Equal(scheme, key.GetProperty("scheme").GetString());
        Assert.Equal("signer", key.GetProperty("origin").GetString());
        Assert.Equal("ci", key.GetProperty("label").GetString());
        Assert.Equal(made.Results.Trim(), exported.Json.GetProperty("keyid").GetString());
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", exported.Json.GetProperty("publicKey").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_LabelAsAnOption_IsTheLabel()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "secret words";

        await machine.SucceedsAsync("key", "generate", "--label", "ci");

        Assert.Equal("ci", Assert.Single((await machine.SucceedsAsync("key", "list", "-o", "json")).Json.EnumerateArray()).GetProperty("label").GetString());
    }

    [Fact]
    public async Task Case59_NewKey_IsPrivateFromTheStartAndEncrypted()
    {
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "secret words";

        await machine.RunAsync("key", "generate", "--role", "root", "vault");

        Assert.Equal(Mode700, File.GetUnixFileMode(machine.Keys));
        var files = Directory.GetFiles(machine.Keys);
        Assert.Equal(2, files.Length);
        Assert.All(files, file => Assert.Equal(Mode600, File.GetUnixFileMode(file)));
        Assert.Single(files, file => Path.GetFileName(file).StartsWith("root-", StringComparison.Ordinal) && file.EndsWith(".pem", StringComparison.Ordinal));
        Assert.All(files.Where(file => file.EndsWith(".pem", StringComparison.Ordinal)), file => Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", File.ReadAllText(file), StringComparison.Ordinal));
        using var key = ECDsa.Create();
        key.ImportFromEncryptedPem(File.ReadAllText(files.Single(file => file.EndsWith(".pem", StringComparison.Ordinal))), "secret words");
    }

    [Fact]
    public async Task Case59_WideModes_AreNarrowedAndSaid()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "p";
        await machine.RunAsync("key", "generate", "ci");
        var file = Directory.GetFiles(machine.Keys, "*.pem").Single();
        File.SetUnixFileMode(machine.Keys, Mode755);
        File.SetUnixFileMode(file, Mode644);

        var run = await machine.RunAsync("key", "list", "-q");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Mode700, File.GetUnixFileMode(machine.Keys));
        Assert.Equal(Mode600, File.GetUnixFileMode(file));
        Assert.Contains("was open to others", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case59_NoCommandAndNoFlag_EverPrintsASecret()
    {
        const string passphrase = "correct horse battery staple";
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = passphrase;
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = machine.WriteFile("plain.pem", ecdsa.ExportPkcs8PrivateKeyPem());
        var passphraseFile = machine.WriteFile("new-passphrase", "another secret entirely\n");

        await machine.RunAsync("key", "generate", "ci", "-v");
        await machine.RunAsync("key", "import", file, "--label", "imported", "-v", "-o", "json");
        await machine.RunAsync("key", "list", "-v", "-o", "json");
        await machine.RunAsync("key", "passwd", "ci", "--new-passphrase-file", passphraseFile, "-v");
        await machine.RunAsync("key", "export", "ci", "-v");
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = passphrase + "!";
        await machine.RunAsync("key", "passwd", "ci", "--new-passphrase-file", passphraseFile, "-v");
        await machine.RunAsync("key", "import", machine.WriteFile("broken.pem", ecdsa.ExportPkcs8PrivateKeyPem()[..120]), "-v");
        await machine.RunAsync("key", "rm", "imported", "-y", "-v");

        var text = machine.Transcript.ToString();
        Assert.DoesNotContain(passphrase, text, StringComparison.Ordinal);
        Assert.DoesNotContain("another secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY-----\n", text, StringComparison.Ordinal);
        var d = Convert.ToBase64String(ecdsa.ExportParameters(includePrivateParameters: true).D!);
        Assert.DoesNotContain(d[..16], text, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(machine.Home, "*", SearchOption.AllDirectories), path => Assert.DoesNotContain("BEGIN PRIVATE KEY", File.ReadAllText(path), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Add_DiskRefuses_LeavesNoHalfKey()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "p";
        Directory.CreateDirectory(machine.Home);
        File.WriteAllText(machine.Keys, "a file where the directory should be");

        var run = await machine.RunAsync("key", "generate", "ci", "-o", "json");

        Assert.Equal((int)Outcome.Failure, run.ExitCode);
        Assert.Equal("local-file", run.ErrorCode);
        Assert.Equal("a file where the directory should be", File.ReadAllText(machine.Keys));
    }

    [Fact]
    public async Task Generate_SameLabelTwice_IsRefused()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "p";
        await machine.RunAsync("key", "generate", "ci");

        var run = await machine.RunAsync("key", "generate", "ci", "-o", "json");

        Assert.Equal("already-exists", run.ErrorCode);
        Assert.Single(Directory.GetFiles(machine.Keys, "*.pem"));
    }

    [Fact]
    public async Task Import_DockerKey_TakesRoleAndRepositoryFromTheFile()
    {
        machine.Environment["DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE"] = "correct";
        var path = machine.WriteFile(".docker/trust/private/6129b8ab6b178fd46dd22133b7c5e268c95b0da814cb2d1a64e802d9ba479696.key", DockerKey);

        var listed = await machine.RunAsync("key", "list", "-o", "json");
        var imported = await machine.RunAsync("key", "import", "6129b8ab", "-o", "json");

        Assert.Equal("docker", Assert.Single(listed.Json.EnumerateArray()).GetProperty("origin").GetString());
        Assert.Equal(0, imported.ExitCode);
        Assert.Equal("targets", imported.Json.GetProperty("roles")[0].GetString());
        Assert.Equal("registry.example.com/team/app", imported.Json.GetProperty("repositories")[0].GetString());
        Assert.Contains("the variable of this program is SIGNER_TARGETS_PASSPHRASE", imported.Messages, StringComparison.Ordinal);
        Assert.Equal(DockerKey, File.ReadAllText(path));
    }

    [Fact]
    public async Task Import_FromEnvironment_NeedsNoFile()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        machine.Environment["CI_KEY"] = ecdsa.ExportPkcs8PrivateKeyPem();
        machine.Environment["SIGNER_TARGETS_PASSPHRASE"] = "";

        var run = await machine.RunAsync("key", "import", "env://CI_KEY", "--role", "targets", "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("is empty", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passwd_NewPassphrase_ReplacesTheOldOne()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "old";
        await machine.RunAsync("key", "generate", "ci");
        var passphraseFile = machine.WriteFile("passphrase", "new\r\nsecond line");

        var changed = await machine.RunAsync("key", "passwd", "ci", "--new-passphrase-file", passphraseFile);
        var again = await machine.RunAsync("key", "passwd", "ci", "--new-passphrase-file", passphraseFile, "-o", "json");
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "new";
        var withNew = await machine.RunAsync("key", "passwd", "ci", "--new-passphrase-file", passphraseFile);

        Assert.Equal(0, changed.ExitCode);
        Assert.Equal("wrong-passphrase", again.ErrorCode);
        Assert.Contains("SIGNER_DELEGATION_PASSPHRASE", again.Messages, StringComparison.Ordinal);
        Assert.Equal(0, withNew.ExitCode);
    }

    [Fact]
    public async Task Export_Private_CopiesTheEncryptedFileAndNeverOverwrites()
    {
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "p";
        await machine.RunAsync("key", "generate", "--role", "root", "vault");
        var copy = Path.Combine(machine.Root, "copy.pem");

        var first = await machine.RunAsync("key", "export", "vault", "--private", "--out", copy);
        var second = await machine.RunAsync("key", "export", "vault", "--private", "--out", copy, "-o", "json");
        var withoutFile = await machine.RunAsync("key", "export", "vault", "--private", "-o", "json");

        Assert.Equal(0, first.ExitCode);
        Assert.Equal(Mode600, File.GetUnixFileMode(copy));
        Assert.Equal(File.ReadAllText(Directory.GetFiles(machine.Keys, "*.pem").Single()), File.ReadAllText(copy));
        Assert.Equal("already-exists", second.ErrorCode);
        Assert.Equal("usage", withoutFile.ErrorCode);
    }

    [Fact]
    public async Task Remove_WithoutAYes_KeepsTheKey()
    {
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "p";
        await machine.RunAsync("key", "generate", "--role", "root", "vault");

        var nobody = await machine.RunAsync("key", "rm", "vault", "-o", "json");
        machine.Terminal.Answer("n", "y");
        var no = await machine.RunAsync("key", "rm", "vault", "-o", "json");
        Assert.Single(Directory.GetFiles(machine.Keys, "*.pem"));
        var yes = await machine.RunAsync("key", "rm", "vault");

        Assert.Equal("usage", nobody.ErrorCode);
        Assert.Contains("--yes", nobody.Messages, StringComparison.Ordinal);
        Assert.Equal("declined", no.ErrorCode);
        Assert.Equal(0, yes.ExitCode);
        Assert.Empty(Directory.GetFiles(machine.Keys));
    }

    [Fact]
    public async Task Find_PrefixOfTwoKeys_IsRefusedNotGuessed()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "";
        var unknown = await machine.RunAsync("key", "export", "abcd", "-o", "json");
        await machine.RunAsync("key", "generate", "one");
        var labelled = await machine.RunAsync("key", "export", "one");
        var tooShort = await machine.RunAsync("key", "export", "on", "-o", "json");

        Assert.Equal("key-not-found", unknown.ErrorCode);
        Assert.Equal(0, labelled.ExitCode);
        Assert.Equal("key-not-found", tooShort.ErrorCode);
    }

    [Fact]
    public async Task List_DescriptionDamaged_IsRefusedNamingTheFile()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "";
        await machine.RunAsync("key", "generate", "one");
        var description = Directory.GetFiles(machine.Keys, "*.json").Single();
        File.WriteAllText(description, File.ReadAllText(description).Replace("\"keyid\": \"", "\"keyid\": \"00", StringComparison.Ordinal));

        var run = await machine.RunAsync("key", "list", "-o", "json");

        Assert.Equal("invalid-key-file", run.ErrorCode);
        Assert.Contains(Path.GetFileNameWithoutExtension(description), run.Messages, StringComparison.Ordinal);
    }

    // Made by notary 0.7; the passphrase is "correct" and the key guards nothing.
    private const string DockerKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        gun: registry.example.com/team/app
        role: targets

        MIHuMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAh6Z+dX4OlFZAICCAAw
        HQYJYIZIAWUDBAEqBBABjCCTZwvoXWPCIEPPKFsUBIGg7bf7HeB66Kh4830ivFM4
        tiZBMV+he1gJunWNIlLci7RlWLtTI81Ks0awPN/yBdKEgoEmG9p1IWxQ3wViPceh
        vSVSxzrtoiOHaOfcx74Nmca9ApNytLgP+qTqn3yVobkUHr0tZLYcXQd2m1Z5VcsO
        SmOLTysUnfk3SNBtWKdQ/ie1khY33mDNiKrOv06qrpujAj63275q6/IH8/NWIMeI
        Rg==
        -----END ENCRYPTED PRIVATE KEY-----

        """;
}
