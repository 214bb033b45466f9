using System.Diagnostics;
using System.Text;

namespace TrustService.Cli.Tests.Support;

/// <summary>The real program on a real terminal, made by <c>script</c> of util-linux.</summary>
internal sealed class TerminalProgram : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder shown = new();
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));

    /// <summary>Starts a command.</summary>
    /// <param name="machine">Whose home it uses.</param>
    /// <param name="command">The command line; words with spaces or quotes in quotes of the shell.</param>
    /// <param name="environment">Variables besides that of the home.</param>
    public TerminalProgram(SignerMachine machine, string command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("script", ["-qec", $"dotnet '{typeof(SignerApp).Assembly.Location}' {command}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["SIGNER_HOME"] = machine.Home;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        process = Process.Start(start)!;
    }

    /// <summary>Waits for a question, and types the answer.</summary>
    public async Task AnswerAsync(string question, string answer)
    {
        var buffer = new char[1];
        var asked = shown.Length;
        while (!shown.ToString(asked, shown.Length - asked).EndsWith(question, StringComparison.Ordinal))
        {
            if (await process.StandardOutput.ReadAsync(buffer, patience.Token) == 0)
                throw new InvalidOperationException($"The program ended before it asked \"{question}\"; it printed: {shown}");
            shown.Append(buffer);
        }
        await process.StandardInput.WriteAsync(answer + "\n");
        await process.StandardInput.FlushAsync(patience.Token);
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code, and all that the terminal showed.</returns>
    public async Task<(int ExitCode, string Shown)> FinishAsync()
    {
        shown.Append(await process.StandardOutput.ReadToEndAsync(patience.Token));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, shown.ToString());
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
        patience.Dispose();
    }
}
