using System.Diagnostics;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>What one run of another project's program left.</summary>
/// <param name="CommandLine">The program and its arguments, for messages.</param>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">All of stdout.</param>
/// <param name="Messages">All of stderr.</param>
public sealed record ProgramRun(string CommandLine, int ExitCode, string Output, string Messages)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables of the run; a null value takes a variable away.</param>
    /// <param name="directory">The directory that it runs in.</param>
    /// <param name="input">What it reads from stdin.</param>
    public static async Task<ProgramRun> OfAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, string directory, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var commandLine = $"{program} {string.Join(' ', arguments)}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading.
        }
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{commandLine} did not end within {Patience}.");
        }
        return new ProgramRun(commandLine, process.ExitCode, await output, await messages);
    }

    /// <summary>Insists on success.</summary>
    public ProgramRun Succeeds()
    {
        Assert.True(ExitCode == 0, $"Expected exit 0. {this}");
        return this;
    }

    /// <summary>Insists on a failure whose output holds <paramref name="text"/>.</summary>
    public ProgramRun Fails(string text)
    {
        Assert.True(ExitCode != 0, $"Expected a failure. {this}");
        return Says(text);
    }

    /// <summary>Insists on a text on stdout or stderr: which of the two, differs from release to release of these programs.</summary>
    public ProgramRun Says(string text)
    {
        Assert.True($"{Output}{Messages}".Contains(text, StringComparison.Ordinal), $"Expected \"{text}\". {this}");
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{CommandLine} ended with {ExitCode}\n--- stdout\n{Output}--- stderr\n{Messages}";
}
