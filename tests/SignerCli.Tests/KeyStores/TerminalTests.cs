using System.Diagnostics;
using System.Text;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.KeyStores;

/// <summary>The real program on a real terminal, made by <c>script</c> of util-linux.</summary>
public sealed class TerminalTests
{
    private const int PatienceMilliseconds = 60_000;

    [Fact]
    public async Task Case59_PassphraseTypedOnATerminal_IsNotShown()
    {
        using var machine = new SignerMachine();
        var start = new ProcessStartInfo("script", ["-qec", $"dotnet '{typeof(SignerApp).Assembly.Location}' key generate ci", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["SIGNER_HOME"] = machine.Home;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(PatienceMilliseconds);

        var shown = new StringBuilder();
        foreach (var question in (string[])["Passphrase for the new key: ", "Repeat: "])
        {
            await ReadUntilAsync(process.StandardOutput, shown, question, patience.Token);
            await process.StandardInput.WriteAsync("typed-secret\n");
            await process.StandardInput.FlushAsync(patience.Token);
        }
        shown.Append(await process.StandardOutput.ReadToEndAsync(patience.Token));
        await process.WaitForExitAsync(patience.Token);

        Assert.Equal(0, process.ExitCode);
        Assert.DoesNotContain("typed-secret", shown.ToString(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(machine.Keys, "*.pem"));
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "typed-secret";
        var changed = await machine.RunAsync("key", "passwd", "ci", "--new-passphrase-file", machine.WriteFile("new", "other"));
        Assert.Equal(0, changed.ExitCode);
    }

    private static async Task ReadUntilAsync(StreamReader output, StringBuilder shown, string expected, CancellationToken cancellationToken)
    {
        var buffer = new char[1];
        while (!shown.ToString().EndsWith(expected, StringComparison.Ordinal))
        {
            if (await output.ReadAsync(buffer, cancellationToken) == 0)
                throw new InvalidOperationException($"The program ended before it asked \"{expected}\"; it printed: {shown}");
            shown.Append(buffer);
        }
    }
}
