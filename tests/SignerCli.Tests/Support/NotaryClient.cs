using System.Diagnostics;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

/// <summary>The real <c>notary</c> client of one person, with a trust directory of its own.</summary>
internal sealed class NotaryClient(string url) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TestDirectory directory = new();

    public string TrustDirectory => directory["trust"];

    /// <summary>Runs a command that must succeed and returns what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, text) = await TryAsync(arguments);
        Assert.True(exitCode == 0, $"notary {string.Join(' ', arguments)} ended with {exitCode}:\n{text}");
        return text;
    }

    /// <summary>Runs a command.</summary>
    public async Task<(int ExitCode, string Text)> TryAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("notary", ["-s", url, "-d", TrustDirectory, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory.FullPath,
        };
        start.Environment["HOME"] = directory.FullPath;
        start.Environment["NOTARY_ROOT_PASSPHRASE"] = "the root passphrase";
        start.Environment["NOTARY_TARGETS_PASSPHRASE"] = "the targets passphrase";
        start.Environment["NOTARY_SNAPSHOT_PASSPHRASE"] = "the snapshot passphrase";
        start.Environment["NOTARY_DELEGATION_PASSPHRASE"] = "the delegation passphrase";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output + await messages);
    }

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string content) => directory.Write(name, content);

    public void Dispose() => directory.Dispose();
}
