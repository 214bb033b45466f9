using System.Runtime.Versioning;
using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Security;

/// <summary>Hostile case F 59: somebody else on the signing machine, or a reader of its logs, looks for secrets.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SecretCaseTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task F59_KeysAndDirectories_AreForTheirOwnerAloneAndEncrypted()
    {
        using var owner = new SignerTool(world.Server);
        var repository = world.NewName();
        var image = world.Push(repository, "1.0");
        await owner.DoAsync("init", repository, "-y");
        await owner.DoAsync("sign", "-y", $"{repository}:1.0@{image.Digest}");

        Assert.All(Directory.GetDirectories(owner.Home, "*", SearchOption.AllDirectories), directory => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(directory) & Others));
        var keys = Directory.GetFiles(Path.Combine(owner.Home, "keys"));
        Assert.Equal(2, keys.Count(key => key.EndsWith(".pem", StringComparison.Ordinal)));
        Assert.All(keys, key => Assert.Equal(Private, File.GetUnixFileMode(key)));
        Assert.All(keys.Where(key => key.EndsWith(".pem", StringComparison.Ordinal)), key => Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", File.ReadAllText(key), StringComparison.Ordinal));
    }

    [Fact]
    public async Task F59_ModesThatSomebodyWidened_AreNarrowedAndReported()
    {
        using var owner = new SignerTool(world.Server);
        var repository = world.NewName();
        var image = world.Push(repository, "1.0");
        await owner.DoAsync("init", repository, "-y");
        var directory = Path.Combine(owner.Home, "keys");
        File.SetUnixFileMode(directory, Private | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        foreach (var key in Directory.GetFiles(directory))
            File.SetUnixFileMode(key, Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        var signed = await owner.DoAsync("sign", "-y", $"{repository}:1.0@{image.Digest}");

        Assert.Contains("was open to others", signed.Messages, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(directory) & Others);
        Assert.All(Directory.GetFiles(directory), key => Assert.Equal(Private, File.GetUnixFileMode(key)));
    }

    [Fact]
    public async Task F59_VerboseOutputAndServerLog_HoldNoSecret()
    {
        using var owner = new SignerTool(world.Server);
        var repository = world.NewName();
        var image = world.Push(repository, "1.0");
        var all = new List<SignerResult>
        {
            await owner.DoAsync("init", "-v", repository, "-y"),
            await owner.DoAsync("sign", "-v", "-y", $"{repository}:1.0@{image.Digest}"),
            await owner.DoAsync("verify", "-v", $"{repository}:1.0"),
            await owner.DoAsync("key", "list", "-v"),
        };
        owner.Environment["SIGNER_TARGETS_PASSPHRASE"] = "a wrong guess";
        all.Add((await owner.RunAsync("sign", "-v", "-y", $"{repository}:1.1@{image.Digest}")).Exits(1));

        var texts = all.Select(result => result.Output + result.Messages).Append(world.Server.Output).ToList();
        foreach (var secret in (string[])[SignerTool.RootPassphrase, SignerTool.TargetsPassphrase, "a wrong guess", "PRIVATE KEY", .. KeyMaterial(owner)])
            Assert.All(texts, text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.Contains("SIGNER_TARGETS_PASSPHRASE", all[^1].Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F59_PassphraseOnTheCommandLine_IsNotAnOption()
    {
        using var owner = new SignerTool(world.Server);

        (await owner.RunAsync("init", world.NewName(), "-y", "--passphrase", "visible in ps")).Refuses(2, "--passphrase");
    }

    [Fact]
    public async Task F59_NoPassphraseAndNoTerminal_NamesWhatToSetAndLeavesNoKey()
    {
        using var owner = new SignerTool(world.Server);
        owner.Environment.Remove("SIGNER_ROOT_PASSPHRASE");

        (await owner.RunAsync("init", world.NewName(), "-y")).Refuses(2, "SIGNER_ROOT_PASSPHRASE");

        Assert.False(Directory.Exists(Path.Combine(owner.Home, "keys")) && Directory.GetFiles(Path.Combine(owner.Home, "keys")).Length > 0);
    }

    private static IEnumerable<string> KeyMaterial(SignerTool owner) =>
        Directory.GetFiles(Path.Combine(owner.Home, "keys"), "*.pem").Select(file => File.ReadAllLines(file)[1]);
}
