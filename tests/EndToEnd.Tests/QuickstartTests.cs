using System.Diagnostics;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests;

/// <summary>The README's first command, run as it stands.</summary>
public sealed class QuickstartTests
{
    [Fact]
    public async Task Quickstart_OnThisMachine_ShowsEveryOutcomeAndLeavesNothingBehind()
    {
        using var directory = new TestDirectory();
        var start = new ProcessStartInfo(Checkout.File("quickstart.sh")) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["TMPDIR"] = directory.FullPath;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await process.WaitForExitAsync(deadline.Token);
        var all = $"{await output}{await messages}";

        Assert.True(process.ExitCode == 0, all);
        foreach (var outcome in (string[])["✓ signed", "✗ digest mismatch", "✗ untrusted", "✗ unsigned", "(exit 0)", "(exit 10)", "(exit 11)", "(exit 13)", "Done."])
            Assert.Contains(outcome, all, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(directory.FullPath, "trust-quickstart*"));
        // What the script started has this directory in its environment, build servers of the SDK included.
        Assert.Empty(ProcessesWith($"TMPDIR={directory.FullPath}"));
    }

    private static List<string> ProcessesWith(string variable) =>
    [
        .. Directory.GetDirectories("/proc")
            .Where(entry => int.TryParse(Path.GetFileName(entry), out _))
            .Where(entry => Read(entry, "environ").Split('\0').Contains(variable))
            .Select(entry => Read(entry, "cmdline").Replace('\0', ' ')),
    ];

    private static string Read(string entry, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(entry, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended while it was looked at, or belongs to somebody else.
            return "";
        }
    }
}
