using System.Security.Cryptography;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.KeyStores;

/// <summary>The real program on a real terminal.</summary>
public sealed class TerminalTests
{
    [Fact]
    public async Task Case59_PassphraseTypedOnATerminal_IsNotShown()
    {
        using var machine = new SignerMachine();
        using var program = new TerminalProgram(machine, "key generate ci");

        await program.AnswerAsync("Passphrase for the new key: ", "typed-secret");
        await program.AnswerAsync("Repeat: ", "typed-secret");
        var (exitCode, shown) = await program.FinishAsync();

        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("typed-secret", shown, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(machine.Keys, "*.pem"));
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "typed-secret";
        var changed = await machine.RunAsync("key", "passwd", "ci", "--new-passphrase-file", machine.WriteFile("new", "other"));
        Assert.Equal(0, changed.ExitCode);
    }

    [Fact]
    public async Task Drill_SharesTypedOnATerminal_NamesTheMistypedLineAndRestores()
    {
        using var machine = new SignerMachine();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var shares = Path.Combine(machine.Root, "shares");
        Assert.Equal(0, (await machine.RunAsync("key", "backup", machine.WriteFile("root.pem", key.ExportPkcs8PrivateKeyPem()), "--shares", "3", "--threshold", "2", "--out-dir", shares)).ExitCode);
        var lines = Directory.GetFiles(shares).Order(StringComparer.Ordinal).Skip(1).SelectMany(File.ReadAllLines).Where(line => line.Length > 0 && line[0] != '#').ToList();
        using var program = new TerminalProgram(machine, "key drill");

        await program.AnswerAsync("> ", lines[0].Replace(' ', '-').Replace("--", " ", StringComparison.Ordinal).ToLowerInvariant());
        await program.AnswerAsync("> ", lines[1][..^1] + (lines[1][^1] == 'A' ? 'B' : 'A'));
        foreach (var line in lines.Skip(1))
            await program.AnswerAsync("> ", line);
        var (exitCode, shown) = await program.FinishAsync();

        Assert.True(exitCode == 0, shown);
        Assert.Contains("Line 2 of share 2 is mistyped. Type that line again.", shown, StringComparison.Ordinal);
        Assert.Contains("came back and signed", shown, StringComparison.Ordinal);
    }
}
