using System.Text;

namespace TrustService.Cli.Tests.Support;

/// <summary>A machine with a user of its own: a home directory, an environment, a terminal. Runs the real command line in this process.</summary>
internal sealed class SignerMachine : IDisposable
{
    public SignerMachine()
    {
        Directory.CreateDirectory(Root);
        Environment["HOME"] = Root;
        Environment["SIGNER_HOME"] = Home;
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "signer-tests-" + Path.GetRandomFileName());

    public string Home => Path.Combine(Root, "home");

    public string Keys => Path.Combine(Home, "keys");

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public FakeTerminal Terminal { get; } = new();

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public byte[] Input { get; set; } = [];

    /// <summary>Everything that every run printed.</summary>
    public StringBuilder Transcript { get; } = new();

    public async Task<SignerRun> RunAsync(params string[] arguments)
    {
        using var results = new StringWriter { NewLine = "\n" };
        using var messages = new StringWriter { NewLine = "\n" };
        var exitCode = await SignerApp.RunAsync(arguments, new CliHost
        {
            Results = results,
            Messages = messages,
            Input = () => new MemoryStream(Input),
            Environment = name => Environment.GetValueOrDefault(name),
            Terminal = Terminal,
            Time = Time,
        });
        Transcript.Append(results).Append(messages);
        return new SignerRun(exitCode, results.ToString(), messages.ToString());
    }

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<SignerRun> SucceedsAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.ExitCode == 0, $"signer {string.Join(' ', arguments)} ended with {run.ExitCode}:\n{run.Results}{run.Messages}");
        return run;
    }

    public string WriteFile(string name, string content)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
