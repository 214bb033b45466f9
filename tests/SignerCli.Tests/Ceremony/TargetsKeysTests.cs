using System.Text.Json;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Ceremony;

/// <summary>Roots of several holders that change who signs targets, and what has to be signed anew with them.</summary>
public sealed class TargetsKeysTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Fact]
    public async Task Publish_TargetsKeyReplaced_SignsTargetsWithItOrIsRefused()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        await team.SignAndVerifyAsync("1.0");
        await team.Release.SucceedsAsync("signer", "add", "ci", "--key", "release", "--paths", "ci-*", "-y", team.Repository);
        await team.ProposeAsync("root-2", "--targets-key", await team.KeyOfAsync("next-release"));
        await team.SignAsync("root-2", "alice", "bob", "carol");

        var refused = await team.Release.RunAsync("root", "publish", team["root-2"], "-y", "-o", "json");
        var next = team.Holder("next-release");
        next.Environment["SIGNER_SERVER"] = server.Host.Url;
        var published = await next.SucceedsAsync("root", "publish", team["root-2"], "-y", "--root", (await team.StatusAsync()).Json.GetProperty("root").GetProperty("fingerprint").GetString()!);

        Assert.Equal("key-not-found", refused.ErrorCode);
        Assert.Contains("still signs for ci: signer key rotate ci", published.Messages, StringComparison.Ordinal);
        // What a thief put there would be signed by whoever has the new key: it is shown first.
        Assert.Matches(@"signed anew with the targets keys that are here:\s+targets \d+\s+\+ signer ci: 1 of .* may sign ci-\*\s+\+ 1\.0  sha256:[0-9a-f]{64}  length \d+", published.Messages);
        await team.Release.SucceedsAsync("verify", $"{team.Repository}:1.0", "--no-registry");
    }

    // A key that is replaced because it was stolen must sign nothing any more, wherever images are listed.
    [Fact]
    public async Task Publish_TargetsKeyReplacedWhereThereAreBins_FormerKeySignsNothingAnyMore()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        await team.Release.SucceedsAsync("reshape", team.Repository, "--bins", "2", "-y");
        await team.SignAndVerifyAsync("1.0");
        await team.ProposeAsync("root-2", "--targets-key", await team.KeyOfAsync("next-release"));
        await team.SignAsync("root-2", "alice", "bob", "carol");
        var refused = await team.Release.RunAsync("root", "publish", team["root-2"], "-y", "-o", "json");
        var pin = (await team.StatusAsync()).Json.GetProperty("root").GetProperty("fingerprint").GetString()!;
        var next = team.Holder("next-release");
        next.Environment["SIGNER_SERVER"] = server.Host.Url;
        next.Terminal.Answer("y", "n");
        var declined = await next.RunAsync("root", "publish", team["root-2"], "--root", pin, "-o", "json");
        var published = await next.SucceedsAsync("root", "publish", team["root-2"], "-y", "-q", "--root", pin, "-o", "json");

        var layout = team.Layout("evil");
        var stolen = await team.Release.RunAsync("sign", layout, "--as", $"{team.Repository}:evil", "-y", "-o", "json");
        var verified = await team.Release.RunAsync("verify", $"{team.Repository}:evil", "--no-registry", "-o", "json");
        await next.SucceedsAsync("sign", layout, "--as", $"{team.Repository}:2.0", "-y", "--root", pin);

        Assert.Equal("key-not-found", refused.ErrorCode);
        Assert.Equal("declined", declined.ErrorCode);
        Assert.Matches(@"bin-\d \d+\s+\+ 1\.0  sha256:", published.Messages);
        Assert.DoesNotContain("this program does not know", published.Messages, StringComparison.Ordinal);
        Assert.Contains(published.Json.GetProperty("signedAnew").EnumerateArray(), line => line.GetString()!.StartsWith("  + 1.0  sha256:", StringComparison.Ordinal));
        Assert.Equal("key-not-found", stolen.ErrorCode);
        Assert.Equal("not-signed", verified.ErrorCode);
        await team.Release.SucceedsAsync("verify", $"{team.Repository}:1.0", $"{team.Repository}:2.0", "--no-registry");
    }

    [Fact]
    public async Task Rotate_TargetsKeyByProposalWhereThereAreBins_HasThemSignedByTheNewKeyAlone()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        await team.Release.SucceedsAsync("reshape", team.Repository, "--bins", "2", "-y");
        await team.SignAndVerifyAsync("1.0");
        var next = team.Release.AddQuickKey("next", "targets").Id!.Value.Value;

        await team.Release.SucceedsAsync("key", "rotate", "targets", team.Repository, "--key", "next", "--propose", team["root-2"]);
        await team.SignAsync("root-2", "alice", "bob", "carol");
        await team.Release.SucceedsAsync("root", "publish", team["root-2"], "-y");
        await team.SignAndVerifyAsync("2.0");

        var signed = (await team.Release.SucceedsAsync("inspect", team.Repository, "-o", "json")).Json.GetProperty("targets").EnumerateArray().ToList();
        Assert.Equal(2, signed.Count);
        Assert.All(signed, target => Assert.Equal([next], target.GetProperty("signedBy")[0].GetProperty("keyids").EnumerateArray().Select(id => id.GetString())));
    }

    [Fact]
    public async Task Propose_TargetsKeys_ChangesTheNamedOnesAndKeepsOthersAndThreshold()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        foreach (var name in (string[])["second", "third"])
            team.Release.AddQuickKey(name, "targets");
        await team.ChangeAsync("root-2", ["alice", "bob", "carol"], "--add-targets-key", "second", "--add-targets-key", "third", "--targets-threshold", "2");
        var before = await team.TargetsAsync();
        var fresh = await team.KeyOfAsync("fourth");

        var unnamed = await team.ProposeAsync("unnamed", "--targets-key", fresh);
        var toOne = await team.ProposeAsync("to-one", "--remove-targets-key", before.Keys[1], "--remove-targets-key", before.Keys[2]);
        var nobodys = await team.ProposeAsync("nobodys", "--targets-key", $"ffff={fresh}");
        await team.ChangeAsync("root-3", ["alice", "bob", "carol"], "--targets-key", $"{before.Keys[1][..8]}={fresh}");
        var after = await team.TargetsAsync();
        await team.ChangeAsync("root-4", ["alice", "bob", "carol"], "--remove-targets-key", before.Keys[2], "--targets-threshold", "1");
        var lowered = await team.TargetsAsync();

        Assert.Equal(["usage", "usage", "key-not-found"], new[] { unnamed, toOne, nobodys }.Select(run => run.ErrorCode));
        Assert.Equal((3, 2L), (before.Keys.Count, before.Threshold));
        Assert.Equal(2, after.Threshold);
        Assert.Equal([before.Keys[0], before.Keys[2]], after.Keys.Take(2));
        Assert.DoesNotContain(before.Keys[1], after.Keys);
        Assert.Equal((2, 1L), (lowered.Keys.Count, lowered.Threshold));
    }
}
