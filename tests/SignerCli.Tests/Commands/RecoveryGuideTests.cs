using System.Text.RegularExpressions;
using TrustService.Cli.Tests.Support;
using TrustService.Server;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

/// <summary>
/// Runs <c>docs/recovery.md</c>: each command on the machine that stands before it, with what happened before it, and each line of output that is shown
/// has to be printed.
/// </summary>
public sealed partial class RecoveryGuideTests : IAsyncLifetime
{
    private const string Repository = SigningWorld.Repository;

    private SigningWorld World { get; set; } = null!;

    private SignerMachine Verifier { get; set; } = null!;

    private TestDirectory Backup { get; } = new();

    public async Task InitializeAsync()
    {
        World = await SigningWorld.StartAsync();
        Verifier = World.NewMachine();
        World.Owner.AddQuickKey("root", "root", Repository);
        World.Owner.AddQuickKey("targets", "targets", Repository);
    }

    public async Task DisposeAsync()
    {
        await World.DisposeAsync();
        Backup.Dispose();
    }

    [Fact]
    public async Task Case57And65_Guide_EveryCommandPrintsWhatIsShown()
    {
        var events = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
        {
            ["A key is stolen"] = SignAsThiefAsync,
            ["The master key is lost"] = async () => World.Server = await World.Server.MovedAsync(World.Time, file => file != "master.key"),
            ["A backup of the server was restored"] = RestoreAsync,
            ["Root keys are lost"] = () =>
            {
                foreach (var file in Directory.GetFiles(World.Owner.Keys, "root-*"))
                    File.Delete(file);
                return Task.CompletedTask;
            },
        };
        var count = 0;
        foreach (var (heading, machine, command, shown) in Steps())
        {
            if (events.Remove(heading, out var happens))
                await happens();
            World.Owner.Environment["SIGNER_SERVER"] = Verifier.Environment["SIGNER_SERVER"] = World.Server.Url;
            if (machine == "server")
            {
                Assert.Equal(0, await TrustServerApp.RunAsync([.. command.Split(' ')[1..], .. World.Server.Where]));
                await World.Server.ReadyAsync();
                continue;
            }
            var run = await RunAsync(machine == "owner" ? World.Owner : Verifier, command);
            Assert.True(run.ExitCode == 0 != shown.Exists(line => line.StartsWith('✗')), $"{heading}: {machine}$ {command}\n{run.Messages}");
            Assert.All(shown, line => Assert.Contains(line, run.Results + run.Messages, StringComparison.Ordinal));
            count++;
        }
        Assert.Empty(events);
        Assert.True(count > 20);
    }

    private Task<SignerRun> RunAsync(SignerMachine machine, string command) =>
        machine.RunAsync([.. command.Split(' ')[1..].Select(word => word == "oci:image:1.0" ? World.Layout("image", "content") : word)]);

    private static List<(string Heading, string Machine, string Command, List<string> Shown)> Steps()
    {
        var steps = new List<(string Heading, string Machine, string Command, List<string> Shown)>();
        var (isInside, heading) = (false, "");
        foreach (var line in File.ReadAllLines(Guide()))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                heading = line[3..];
            else if (line.StartsWith("```", StringComparison.Ordinal))
                isInside = line == "```console";
            else if (isInside && Prompt().Match(line) is { Success: true } prompt)
                steps.Add((heading, prompt.Groups["machine"].Value, prompt.Groups["command"].Value, []));
            else if (isInside)
                steps[^1].Shown.Add(line);
        }
        return steps;
    }

    private static string Guide([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "recovery.md");

    private async Task SignAsThiefAsync()
    {
        var thief = World.NewMachine();
        await thief.RunAsync("root", "export", Repository, "--tofu");
        foreach (var key in Directory.GetFiles(World.Owner.Keys, "targets-*"))
        {
            Directory.CreateDirectory(thief.Keys);
            File.Copy(key, Path.Combine(thief.Keys, Path.GetFileName(key)));
        }
        thief.Environment["SIGNER_TARGETS_PASSPHRASE"] = "the targets passphrase";
        Assert.Equal(0, (await thief.RunAsync("sign", World.Layout("evil", "evil"), "--as", $"{Repository}:evil", "-y")).ExitCode);
        Assert.Equal(0, (await Verifier.RunAsync("verify", $"{Repository}:evil", "--no-registry")).ExitCode);
    }

    private async Task RestoreAsync()
    {
        World.Server.CopyTo(Backup.FullPath);
        Assert.Equal(0, (await World.SignAsync("2.0", "two")).ExitCode);
        Assert.Equal(0, (await Verifier.RunAsync("verify", $"{Repository}:2.0", "--no-registry")).ExitCode);
        await World.Server.MarkAsync();
        World.Server = await World.Server.MovedAsync(World.Time, file => file is "master.key" or "high-water.json", Backup.FullPath);
    }

    [GeneratedRegex(@"\A(?<machine>owner|verifier|server)\$ (?<command>.+)\z")]
    private static partial Regex Prompt();
}
