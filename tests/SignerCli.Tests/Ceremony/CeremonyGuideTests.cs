using System.Text.RegularExpressions;
using TrustService.Cli.Tests.Support;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Ceremony;

/// <summary>Runs <c>docs/ceremony.md</c>: each command on the machine that stands before it, and each line of output that is shown has to be printed.</summary>
public sealed partial class CeremonyGuideTests : IDisposable
{
    private readonly TestDirectory table = new();
    private readonly Dictionary<string, SignerMachine> machines = new(StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (var machine in machines.Values)
            machine.Dispose();
        table.Dispose();
    }

    [Fact]
    public async Task Guide_EveryCommand_PrintsWhatIsShown()
    {
        await using var server = await TrustServerHost.StartAsync(TimeProvider.System);
        var steps = Steps();

        foreach (var (machine, command, shown) in steps)
        {
            var run = await RunAsync(machine, command, server.Url);
            var printed = run.Messages.Split('\n').Concat(run.Results.Split('\n')).Select(line => Masked(line).Trim()).ToList();

            Assert.True(run.ExitCode == 0 != shown.Exists(line => line.StartsWith('✗')), $"{machine}$ signer {command}\n{run.Messages}");
            Assert.All(shown, line => Assert.Contains(Masked(line).Trim(), printed));
        }
        Assert.True(steps.Count > 60);
    }

    private static List<(string Machine, string Command, List<string> Shown)> Steps()
    {
        var steps = new List<(string Machine, string Command, List<string> Shown)>();
        var isInside = false;
        foreach (var line in File.ReadAllLines(Guide()))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                isInside = line == "```console";
            else if (isInside && Prompt().Match(line) is { Success: true } prompt)
                steps.Add((prompt.Groups["machine"].Value, prompt.Groups["command"].Value, []));
            else if (isInside)
                steps[^1].Shown.Add(line);
        }
        return steps;
    }

    private async Task<SignerRun> RunAsync(string name, string command, string serverUrl)
    {
        if (!machines.TryGetValue(name, out var machine))
        {
            machines.Add(name, machine = new SignerMachine());
            // The holders' machines know no server at all.
            if (name == "release")
                machine.Environment["SIGNER_SERVER"] = serverUrl;
        }
        // Keys without a passphrase: making and opening others is slow by design.
        if (KeyGeneration().Match(command) is { Success: true } made)
        {
            machine.AddQuickKey(made.Groups["label"].Value, made.Groups["role"].Value);
            return new SignerRun(0, "", "");
        }
        return await machine.RunAsync([.. command.Split(' ').Select(word => FileName().Replace(word, match => table[match.Value]))]);
    }

    // Ids, digests, dates and places of files are others in every run.
    private static string Masked(string text) => Place().Replace(Varying().Replace(text, "#"), "");

    private static string Guide([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "ceremony.md");

    [GeneratedRegex(@"\A(?<machine>[a-z]+)\$ signer (?<command>.+)\z")]
    private static partial Regex Prompt();

    [GeneratedRegex(@"\Akey generate (?<label>\S+) --role (?<role>\S+)\z")]
    private static partial Regex KeyGeneration();

    [GeneratedRegex(@"[a-z0-9-]+\.(pub|crt|proposal)\z")]
    private static partial Regex FileName();

    [GeneratedRegex(@"[0-9a-f]{4}…[0-9a-f]{2}|[0-9a-f]{16,64}|[0-9]{4}-[0-9]{2}-[0-9]{2}")]
    private static partial Regex Varying();

    [GeneratedRegex(@"\S*/(?=[a-z0-9-]+\.(pub|crt|proposal)\b)")]
    private static partial Regex Place();
}
