using TrustService.Cli.Tests.Support;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

/// <summary>What verifies looks at the clock once: metadata that is fresh when a run begins is fresh to its end (TUF 1.0.34 §5.1).</summary>
public sealed class OneTimeTests
{
    [Fact]
    public async Task Verify_MetadataExpiresDuringTheRun_DecidesByTheTimeOfItsBeginning()
    {
        await using var world = await SigningWorld.WithRepositoryAsync();
        await world.SignAsync("1.0");
        world.Owner.Time = new OnceAt(FixedTime.Start);

        var run = await world.Owner.RunAsync("verify", $"{SigningWorld.Repository}:1.0", "--no-registry");
        var later = await world.Owner.RunAsync("verify", $"{SigningWorld.Repository}:1.0", "--no-registry", "-o", "json");

        Assert.True(run.ExitCode == 0, run.Messages);
        Assert.Equal("expired", later.ErrorCode);
    }

    [Fact]
    public async Task TufGet_MetadataExpiresDuringTheRun_DecidesByTheTimeOfItsBeginning()
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        repository.AddTarget(RoleName.Targets, "readme", "read me");
        repository.Publish(RoleName.Targets);
        await using var host = await RepositorySimulatorHost.StartAsync(repository);
        using var machine = new SignerMachine { Time = new OnceAt(FixedTime.Start) };
        var root = machine.WriteFile("root.json", System.Text.Encoding.UTF8.GetString(repository.FirstRoot));
        string[] get = ["tuf", "get", host.MetadataUrl, "readme", "--root", root, "-o", Path.Combine(machine.Root, "out"), "--output", "json"];

        var run = await machine.RunAsync(get);
        var later = await machine.RunAsync(get);

        Assert.True(run.ExitCode == 0, run.Messages);
        Assert.Equal("expired", later.ErrorCode);
    }

    /// <summary>A clock that shows a time once, and from then on one when everything has expired.</summary>
    private sealed class OnceAt(DateTimeOffset time) : TimeProvider
    {
        private int readings;

        public override DateTimeOffset GetUtcNow() => Interlocked.Increment(ref readings) == 1 ? time : time.AddYears(30);
    }
}
