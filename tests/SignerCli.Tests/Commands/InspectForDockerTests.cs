using System.Text;
using TrustService.Cli.Tests.Support;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

/// <summary><c>signer inspect --format docker</c> is read by scripts: no tag stands in it that a verifier would refuse, and none by another role than the one that a verifier takes.</summary>
public sealed class InspectForDockerTests : IDisposable
{
    private const string Repository = "registry.example.com/team/app";

    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly SignerMachine machine = new() { Time = new FixedTime() };

    public void Dispose() => machine.Dispose();

    // The key of team, which is bound to team-*, is stolen: it delegates everything to a role of the thief, who lists "latest".
    [Theory]
    [InlineData(Repository)]
    [InlineData($"{Repository}:latest")]
    public async Task Inspect_TagBeyondThePatternsOfADelegator_IsNotShown(string reference)
    {
        var team = repository.Delegate(RoleName.Targets, "team", ["team-*"]);
        var thief = repository.Delegate(team, "thief", ["*"]);
        repository.AddTarget(thief, "latest", "malware");
        repository.AddTarget(thief, "team-1", "theirs");
        repository.Publish(RoleName.Targets, team, thief);

        var (verify, tags) = await InspectAsync("latest", reference);

        Assert.Equal(10, verify);
        Assert.Equal(reference == Repository ? ["team-1 thief"] : [], tags);
    }

    [Fact]
    public async Task Inspect_TagInTwoRoles_IsShownAsOfTheFirstOnly()
    {
        var first = repository.Delegate(RoleName.Targets, "first", ["*"]);
        var second = repository.Delegate(RoleName.Targets, "second", ["*"]);
        repository.AddTarget(first, "latest", "good");
        repository.AddTarget(second, "latest", "other");
        repository.AddTarget(first, "same", "good");
        repository.AddTarget(second, "same", "good");
        repository.Publish(RoleName.Targets, first, second);

        var (verify, tags) = await InspectAsync("latest", Repository);

        Assert.Equal(0, verify);
        Assert.Equal(["latest first", "same first"], tags);
    }

    [Fact]
    public async Task Inspect_TagBehindATerminatingRole_IsNotShown()
    {
        var first = repository.Delegate(RoleName.Targets, "first", ["v*"], terminating: true);
        var second = repository.Delegate(RoleName.Targets, "second", ["*"]);
        repository.AddTarget(second, "v1", "behind");
        repository.AddTarget(second, "w1", "beside");
        repository.Publish(RoleName.Targets, first, second);

        var (verify, tags) = await InspectAsync("v1", Repository);

        Assert.Equal(10, verify);
        Assert.Equal(["w1 second"], tags);
    }

    private async Task<(int Verify, string[] Tags)> InspectAsync(string tag, string reference)
    {
        await using var host = await RepositorySimulatorHost.StartAsync(repository);
        var root = machine.WriteFile("root.json", Encoding.UTF8.GetString(repository.FirstRoot));
        var verify = await machine.RunAsync("verify", "--no-registry", $"{Repository}:{tag}", "--root", root, "--metadata-url", host.MetadataUrl);
        var run = await machine.RunAsync("inspect", "--format", "docker", reference, "--root", root, "--metadata-url", host.MetadataUrl);
        Assert.Equal(0, run.ExitCode);
        return (verify.ExitCode, run.Json[0].TryGetProperty("SignedTags", out var tags)
            ? [.. tags.EnumerateArray().Select(entry => $"{entry.GetProperty("SignedTag")} {string.Join(",", entry.GetProperty("Signers").EnumerateArray())}")]
            : []);
    }
}
