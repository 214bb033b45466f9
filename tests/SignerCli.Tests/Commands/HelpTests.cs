using System.Runtime.CompilerServices;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Commands;

/// <summary>Every help text, byte for byte. TRUST_UPDATE_GOLDEN=1 writes the files anew; read the difference before committing it.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("init")]
    [InlineData("sign")]
    [InlineData("verify")]
    [InlineData("inspect")]
    [InlineData("doctor")]
    [InlineData("explain")]
    [InlineData("revoke")]
    [InlineData("cosign")]
    [InlineData("pending")]
    [InlineData("pending list")]
    [InlineData("pending drop")]
    [InlineData("signer")]
    [InlineData("signer add")]
    [InlineData("signer remove")]
    [InlineData("signer list")]
    [InlineData("reshape")]
    [InlineData("key")]
    [InlineData("key generate")]
    [InlineData("key list")]
    [InlineData("key import")]
    [InlineData("key export")]
    [InlineData("key passwd")]
    [InlineData("key rm")]
    [InlineData("key backup")]
    [InlineData("key restore")]
    [InlineData("key drill")]
    [InlineData("key rotate")]
    [InlineData("renew")]
    [InlineData("recover")]
    [InlineData("recover lost-root")]
    [InlineData("import")]
    [InlineData("import docker-trust")]
    [InlineData("import notary")]
    [InlineData("archive")]
    [InlineData("archive notary")]
    [InlineData("root")]
    [InlineData("root export")]
    [InlineData("root init")]
    [InlineData("root propose")]
    [InlineData("root publish")]
    [InlineData("root pull")]
    [InlineData("root push")]
    [InlineData("root show")]
    [InlineData("root sign")]
    [InlineData("root status")]
    [InlineData("key certificate")]
    [InlineData("tuf")]
    [InlineData("tuf get")]
    [InlineData("version")]
    [InlineData("completion")]
    public async Task Help_OfEveryCommand_IsTheGoldenText(string command)
    {
        using var machine = new SignerMachine();
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var run = await machine.RunAsync([.. words, "--help"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Messages);
        var file = Path.Combine(Path.GetDirectoryName(ThisFile())!, "Golden", $"{(words switch { [] => "signer", ["signer"] => "signer-commands", _ => string.Join('-', words) })}.txt");
        if (Environment.GetEnvironmentVariable("TRUST_UPDATE_GOLDEN") == "1")
            File.WriteAllText(file, run.Results);
        Assert.Equal(File.ReadAllText(file), run.Results);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
