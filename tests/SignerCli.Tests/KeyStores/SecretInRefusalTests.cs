using System.Security.Cryptography;
using System.Text;
using TrustService.Cli.Backups;
using TrustService.Cli.KeyPrograms;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Settings;
using TrustService.Cli.Tests.KeyPrograms;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Cli.Tests.KeyStores;

/// <summary>A damaged secret, wherever it is given, by mistake or not: neither messages nor JSON show 12 characters of it, with <c>-v</c> as well.</summary>
public sealed class SecretInRefusalTests : IDisposable
{
    private const string Repository = "registry.example.com/team/app";

    private readonly SignerMachine machine = new();
    private readonly string pem;
    private readonly Secret secret;

    public SecretInRefusalTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        pem = key.ExportECPrivateKeyPem();
        secret = new Secret(pem, Convert.ToBase64String(Encoding.UTF8.GetBytes(pem)), pem.ToLowerInvariant());
        foreach (var role in (string[])["ROOT", "TARGETS", "DELEGATION", "BACKUP"])
            machine.Environment[$"SIGNER_{role}_PASSPHRASE"] = "p";
        machine.Environment["SIGNER_SERVER"] = "http://127.0.0.1:1";
    }

    public void Dispose() => machine.Dispose();

    public static TheoryData<string> FileCommands =>
    [
        "key import FILE", "key import FILE --role root --label l", "key export FILE", "key export FILE --private", "key certificate FILE REPO", "key backup FILE --out OUT", "key passwd FILE", "key rm FILE -y",
        "key restore FILE", "key restore FILE FILE", "key drill FILE",
        "import docker-trust DIR", "root show FILE", "root sign FILE -k FILE -y", "root publish FILE -y", "root init REPO --holder a=FILE --targets-key FILE --out OUT",
        "verify REPO:1 --root FILE", "verify REPO:1 --trust-pinning FILE", "verify REPO:1 --server-ca FILE", "verify REPO:1 --registry-ca FILE", "inspect REPO --root ca:FILE", "inspect REPO --root cert:FILE",
        "signer add alice --key FILE REPO -y", "cosign FILE -k FILE -y", "cosign REPO -k FILE", "sign REPO:1 -k FILE -y", "sign oci:FILE:1 -k FILE -y", "import notary REPO --from FILE",
        "key import GOOD --passphrase-file FILE", "key import GOOD --new-passphrase-file FILE --label g",
    ];

    [Theory]
    [MemberData(nameof(FileCommands))]
    public async Task Command_FileWithADamagedKey_ShowsNothingOfIt(string command)
    {
        var good = Good();
        foreach (var damaged in Secret.Damaged(pem))
        {
            var file = machine.WriteFile("trust/private/damaged.key", damaged);
            await AssertShowsNothingAsync(command.Replace("FILE", file, StringComparison.Ordinal).Replace("DIR", Path.Combine(machine.Root, "trust"), StringComparison.Ordinal).Replace("GOOD", good, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("key import env://CI_KEY")]
    [InlineData("key export env://CI_KEY")]
    [InlineData("key export env://CI_KEY --private")]
    [InlineData("key backup env://CI_KEY --out OUT")]
    [InlineData("key passwd env://CI_KEY")]
    [InlineData("sign REPO:1 -k env://CI_KEY -y")]
    [InlineData("cosign REPO -k env://CI_KEY -y")]
    [InlineData("renew REPO -k env://CI_KEY -y")]
    public async Task Command_VariableWithADamagedKey_ShowsNothingOfIt(string command)
    {
        foreach (var damaged in Secret.Damaged(pem))
        {
            machine.Environment["CI_KEY"] = damaged;
            await AssertShowsNothingAsync(command);
        }
    }

    [Theory]
    [InlineData("-k", "{0}")]
    [InlineData("-k", "env://{0}")]
    [InlineData("-k", "file://{0}")]
    [InlineData("-k", "pkcs11:{0}")]
    [InlineData("-k", "pkcs11:token=a?pin-value={0}")]
    [InlineData("-k", "pkcs11:token=a?pin-value:{0}")]
    [InlineData("--passphrase-file", "{0}")]
    [InlineData("--passphrase-fd", "{0}")]
    [InlineData("--root", "{0}")]
    [InlineData("--role", "{0}")]
    [InlineData("--timeout", "{0}")]
    public async Task Command_KeyAsAnArgument_ShowsNothingOfIt(string option, string value)
    {
        foreach (var form in (string[])[pem, pem.ReplaceLineEndings(""), pem.ReplaceLineEndings(" "), pem.ReplaceLineEndings("\\n"), Convert.ToBase64String(Encoding.UTF8.GetBytes(pem))])
        {
            var text = value.Replace("{0}", form, StringComparison.Ordinal);
            foreach (var arguments in (string[][])[["sign", $"{Repository}:1", option, text], ["sign", $"{Repository}:1", $"{option}={text}"], ["sign", form], ["key", "import", text], ["key", "rm", text, "-y"], [text], ["key", text], ["sign", $"{Repository}:1", option, .. text.Split((char[]?)null)]])
                AssertShowsNothing(await machine.RunAsync([.. arguments, "-v", "-o", "json"]), string.Join(' ', arguments), mayWork: false);
        }
    }

    [Fact]
    public async Task Command_DamagedFilesAroundIt_ShowNothing()
    {
        await machine.RunAsync("key", "import", Good(), "--label", "good");
        var description = Directory.GetFiles(machine.Keys, "*.json").Single();
        foreach (var damaged in Secret.Damaged(pem))
        {
            // In the place of the settings, of what is noted of a key, of the logins, and of what a program answers.
            foreach (var (path, command) in (List<(string, string)>)[(Path.Combine(machine.Home, "config.json"), "verify REPO:1"), (description, "key list"), (Path.Combine(machine.Root, ".docker", "config.json"), "sign REPO:1 -k GOOD -y")])
            {
                var kept = File.Exists(path) ? File.ReadAllText(path) : null;
                machine.WriteFile(path, damaged);
                await AssertShowsNothingAsync(command.Replace("GOOD", "good", StringComparison.Ordinal));
                if (kept is null)
                    File.Delete(path);
                else
                    File.WriteAllText(path, kept);
            }
            machine.Environment["NOTARY_AUTH"] = damaged;
            await AssertShowsNothingAsync("verify REPO:1 --root sha256:" + new string('a', 64));
        }
    }

    [Fact]
    public async Task Command_ProgramAnswersWithADamagedKey_ShowsNothingOfIt()
    {
        var program = SigningProgram.Of(machine, "blab", $"cat > /dev/null; cat '{Path.Combine(machine.Root, "answer")}'");
        foreach (var damaged in Secret.Damaged(pem).Take(40))
        {
            machine.WriteFile("answer", damaged);
            AssertShowsNothing(await machine.RunAsync("key", "export", program, "-v", "-o", "json"), "key export " + program, mayWork: false);
        }
    }

    [Fact]
    public async Task Restore_DamagedSharesAndBundle_ShowNothing()
    {
        var directory = Path.Combine(machine.Root, "shares");
        await machine.SucceedsAsync("key", "backup", Good(), "--shares", "3", "--threshold", "2", "--out-dir", directory);
        await machine.SucceedsAsync("key", "backup", Good(), "--out", Path.Combine(machine.Root, "bundle"));
        var pages = Directory.GetFiles(directory).Select(File.ReadAllLines).Select(lines => lines.Where(line => line.Length > 0 && line[0] != '#').ToArray()).ToList();
        var bundle = File.ReadAllText(Path.Combine(machine.Root, "bundle"));
        var shared = new Secret([.. pages.Select(page => string.Join('\n', page.Select(line => line[5..]))), bundle[bundle.IndexOf("content", StringComparison.Ordinal)..].Replace(':', ' ')]);
        var damages = Damages(pages[0]).Append(bundle[..^20]).Append(bundle.Replace("\"content\":", "\"content\":t", StringComparison.Ordinal)).Append(bundle.Replace("\",", "", StringComparison.Ordinal)).Append(bundle.Replace("\"content\":\"", "\"rounds\":\"", StringComparison.Ordinal));
        foreach (var damaged in damages)
        {
            var file = machine.WriteFile("damaged", damaged);
            foreach (var arguments in (string[][])[["key", "restore", file], ["key", "drill", file, Directory.GetFiles(directory)[1]]])
            {
                var run = await machine.RunAsync([.. arguments, "-v", "-o", "json"]);
                // A blank more or less is no damage.
                Assert.True(shared.FoundIn(run.Results + run.Messages) is null, $"{damaged}\n{run.Results}{run.Messages}");
            }
            machine.Terminal.Answer([.. damaged.Split('\n').Where(line => line.Trim().Length > 0).Take(30), ""]);
            var typed = await machine.RunAsync("key", "restore", "-v", "-o", "json");
            Assert.True(shared.FoundIn(typed.Results + typed.Messages) is null, $"{damaged}\n{typed.Messages}");
        }
    }

    [Fact]
    public void Readers_DamagedKey_RefusalShowsNothingOfIt()
    {
        Action<byte[]>[] readers =
        [
            bytes => KeyDescription.Read(bytes, "a.json", "a.pem"),
            bytes => SignerConfig.Read(bytes, "/"),
            bytes => TrustPinning.Load(machine.WriteFile("pinning", Encoding.UTF8.GetString(bytes))),
            bytes => KeyBundle.Read(bytes, new Passphrase([])).ToString(),
            bytes => new ShareCollection().AddText(Encoding.UTF8.GetString(bytes)),
            bytes => ShareLine.Parse(Encoding.UTF8.GetString(bytes)),
            bytes => ProgramMessages.ReadPublicKey(bytes, "program"),
            bytes => ProgramMessages.ReadSignature(bytes, "program"),
            bytes => PinnedRoots.Read(machine.WriteFile("pin", Encoding.UTF8.GetString(bytes))),
            bytes => PinnedRoots.OfAuthority(machine.WriteFile("pin", Encoding.UTF8.GetString(bytes))),
        ];
        var refused = 0;
        foreach (var damaged in Secret.Damaged(pem))
        {
            foreach (var reader in readers)
            {
                try
                {
                    reader(Encoding.UTF8.GetBytes(damaged));
                }
                catch (TrustException e)
                {
                    Assert.True(secret.FoundIn($"{e}\n{e.Hint}\n{e.Role}") is null, $"{e}\n{e.Hint}");
                    refused++;
                }
            }
        }
        Assert.True(refused > 300, $"Only {refused} were refused.");
    }

    private string Good()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return machine.WriteFile("good.pem", other.ExportPkcs8PrivateKeyPem());
    }

    private static IEnumerable<string> Damages(string[] lines)
    {
        foreach (var separator in (string[])["", " ", "\\n", "\r", "\t"])
            yield return string.Join(separator, lines);
        yield return "t" + string.Join('\n', lines);
        yield return "{\"a\":t" + string.Join('\n', lines);
        yield return string.Join('\n', lines.Select(line => line[5..]));
        yield return string.Join('\n', lines.Select(line => "9.9 " + line[5..]));
        for (var i = 0; i < lines.Length; i++)
        {
            yield return string.Join('\n', lines.Where((_, at) => at != i));
            yield return string.Join('\n', lines.Select((line, at) => at == i ? line[..^1] + "?" : line));
            yield return string.Join('\n', lines.Select((line, at) => at == i ? line[..^6] + line[^5..] : line));
        }
    }

    private async Task AssertShowsNothingAsync(string command)
    {
        var arguments = command.Replace("REPO", Repository, StringComparison.Ordinal).Replace("OUT", Path.Combine(machine.Root, Path.GetRandomFileName()), StringComparison.Ordinal).Split(' ');
        AssertShowsNothing(await machine.RunAsync([.. arguments, "-v", "-o", "json"]), command, mayWork: true);
    }

    // Some damage is none to some readers: a key with white space before it can be read. Its public half is no secret.
    private void AssertShowsNothing(SignerRun run, string command, bool mayWork)
    {
        if (mayWork && run.ExitCode == 0)
            return;
        Assert.NotEqual(0, run.ExitCode);
        Assert.True(secret.FoundIn(run.Results + run.Messages) is null, $"signer {command}\n{run.Results}{run.Messages}");
        Assert.DoesNotContain("A mistake in this program", run.Messages, StringComparison.Ordinal);
    }
}
