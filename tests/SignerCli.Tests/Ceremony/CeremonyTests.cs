using System.Text.Json;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Ceremony;

/// <summary>Several people hold the keys of a root; only the release machine has a network.</summary>
public sealed class CeremonyTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Ceremony_BeginReplaceLoseRotate_EveryRootIsAccepted(string format)
    {
        using var team = new CeremonyTeam(server, format);
        await team.PublishFirstAsync();
        await team.SignAndVerifyAsync("1.0");

        await team.ChangeAsync("root-2", ["alice", "bob", "carol", "frank"],
            "--replace-holder", $"dave=frank={await team.KeyOfAsync("frank")}", "--replace-holder", $"erin=grace={await team.KeyOfAsync("grace")}", "--threshold", "4");
        await team.SignAndVerifyAsync("2.0");
        var names = (await team.StatusAsync()).Json.GetProperty("root").GetProperty("roles").GetProperty("root").GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("name").GetString());
        await team.ChangeAsync("root-3", ["bob", "carol", "frank", "grace"], "--lost", "alice", "--threshold", "3", "--rotate-online", "all");
        await team.SignAndVerifyAsync("3.0");

        Assert.Equal(["alice", "bob", "carol", "frank", "grace"], names);
        Assert.Equal(3, (await team.StatusAsync()).Json.GetProperty("root").GetProperty("version").GetInt64());
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Publish_SignaturesMissing_IsRefusedWithTheirNames(string format)
    {
        using var team = new CeremonyTeam(server, format);
        await team.BeginAsync();
        await team.SignAsync("root-1", "alice", "erin");

        var published = await team.Release.RunAsync("root", "publish", team["root-1"], "-y", "-o", "json");
        var status = await team.Release.RunAsync("root", "status", team.Repository, "-o", "json");

        Assert.Equal("threshold-not-met", published.ErrorCode);
        Assert.Contains("bob", published.Messages, StringComparison.Ordinal);
        Assert.Equal("repository-unknown", status.ErrorCode);
    }

    [Fact]
    public async Task Publish_CopiesSignedApart_PutsTheirSignaturesTogether()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.BeginAsync();
        foreach (var name in (string[])["alice", "bob", "erin"])
            await team.Holder(name).SucceedsAsync("root", "sign", team["root-1"], "--out", team[name], "-y");

        var published = await team.Release.SucceedsAsync("root", "publish", team["alice"], team["bob"], team["erin"], "-y", "-o", "json");
        var again = await team.Release.SucceedsAsync("root", "publish", team["alice"], team["bob"], team["erin"], "-y", "-o", "json");

        Assert.Equal("published", published.Json.GetProperty("outcome").GetString());
        Assert.Equal("unchanged", again.Json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Sign_ShowsWhatChangesBeforeItAsks_AndLeavesTheFileIfNobodyAgrees()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.BeginAsync();
        var before = await File.ReadAllBytesAsync(team["root-1"]);
        var alice = team.Holder("alice");
        alice.Terminal.Answer("n");

        var refused = await alice.RunAsync("root", "sign", team["root-1"]);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("root: 3 of 5 must sign: alice", refused.Messages, StringComparison.Ordinal);
        Assert.Contains("Sign this with alice", Assert.Single(alice.Terminal.Questions), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(team["root-1"]));
    }

    [Fact]
    public async Task Sign_WhoHasSignedAlready_ChangesNothing()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.BeginAsync();
        await team.SignAsync("root-1", "alice");
        var before = await File.ReadAllBytesAsync(team["root-1"]);

        var again = await team.Holder("alice").SucceedsAsync("root", "sign", team["root-1"], "-y", "-o", "json");

        Assert.Equal("unchanged", again.Json.GetProperty("outcome").GetString());
        Assert.Equal(before, await File.ReadAllBytesAsync(team["root-1"]));
    }

    [Fact]
    public async Task Sign_StrangersKey_IsRefused()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.BeginAsync();

        var refused = await team.Holder("mallory").RunAsync("root", "sign", team["root-1"], "-y", "-o", "json");
        var named = await team.Holder("mallory").RunAsync("root", "sign", team["root-1"], "-y", "-o", "json", "--key", "mallory");

        Assert.Equal("key-not-found", refused.ErrorCode);
        Assert.Equal("key-not-found", named.ErrorCode);
    }

    [Fact]
    public async Task Sign_ProposalOnAnotherRootThanThePinnedOne_IsRefused()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        await team.ProposeAsync("root-2", "--threshold", "2");
        var other = $"root:1:sha256:{new string('a', 64)}";

        var refused = await team.Holder("alice").RunAsync("root", "sign", team["root-2"], "-y", "-o", "json", "--root", other);
        var anew = await team.Holder("alice").RunAsync("root", "sign", team["root-1"], "-y", "-o", "json", "--root", other);

        Assert.Equal("root-mismatch", refused.ErrorCode);
        Assert.Equal("root-mismatch", anew.ErrorCode);
    }

    [Fact]
    public async Task Publish_AnotherRootCameFirst_IsRefused()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        await team.ProposeAsync("late", "--threshold", "4");
        await team.SignAsync("late", "alice", "bob", "carol", "dave");
        await team.ChangeAsync("early", ["alice", "bob", "carol"], "--remove-holder", "erin");

        var refused = await team.Release.RunAsync("root", "publish", team["late"], "-y", "-o", "json");

        Assert.Equal("version-mismatch", refused.ErrorCode);
        Assert.Equal(2, (await team.StatusAsync()).Json.GetProperty("root").GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task Propose_WhatWouldLockOut_IsRefusedAndWritesNothing()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        var key = await team.KeyOfAsync("alice");
        var refused = new List<string?>();

        foreach (var options in (string[][])
        [
            ["--threshold", "6"], ["--remove-holder", "alice", "--remove-holder", "bob", "--remove-holder", "carol"], ["--lost", "alice", "--lost", "bob", "--lost", "carol"],
            ["--expires", "6d"], ["--expires", "20y"], ["--remove-holder", "zoe"], ["--add-holder", $"zoe={key}"], ["--add-holder", "zoe"], ["--replace-holder", $"alice=bob={await team.KeyOfAsync("frank")}"],
        ])
            refused.Add((await team.ProposeAsync("root-2", options)).ErrorCode);

        Assert.Equal(["malformed-metadata", "malformed-metadata", "incomplete-root", "expiry-too-near", "usage", "key-not-found", "already-exists", "usage", "usage"], refused);
        Assert.False(File.Exists(team["root-2"]));
    }

    [Fact]
    public async Task Init_OnlineKeysFromFiles_NeedsNoServerAndIsPublishedIfTheyAreIts()
    {
        using var team = new CeremonyTeam(server, "tuf");
        using var http = new HttpClient();
        foreach (var role in (string[])["snapshot", "timestamp"])
        {
            using var answer = await http.PostAsync(new Uri($"{server.Host.Url}/tuf/{team.Repository}/keys/{role}"), null);
            using var key = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            await File.WriteAllTextAsync(team[role + ".pub"], key.RootElement.GetProperty("keyval").GetProperty("public").GetString());
        }
        team.Release.Environment.Remove("SIGNER_SERVER");
        Assert.Equal(0, (await team.BeginAsync("mine", "--snapshot-key", team["snapshot.pub"], "--timestamp-key", team["timestamp.pub"])).ExitCode);
        Assert.Equal(0, (await team.BeginAsync("foreign", "--snapshot-key", team["snapshot.pub"], "--timestamp-key", await team.KeyOfAsync("mallory"))).ExitCode);
        Assert.Equal("usage", (await team.BeginAsync("half", "--snapshot-key", team["snapshot.pub"])).ErrorCode);
        team.Release.Environment["SIGNER_SERVER"] = server.Host.Url;
        await team.SignAsync("foreign", "alice", "bob", "carol");
        await team.SignAsync("mine", "alice", "bob", "carol");

        var foreign = await team.Release.RunAsync("root", "publish", team["foreign"], "-y", "-o", "json");
        await team.Release.SucceedsAsync("root", "publish", team["mine"], "-y");
        var again = await team.Release.RunAsync("root", "publish", team["foreign"], "-y", "-o", "json");

        Assert.Equal("incomplete-root", foreign.ErrorCode);
        Assert.Equal("repository-exists", again.ErrorCode);
    }

    [Fact]
    public async Task Sign_RootThatThisMachineHasNotSeen_IsWarnedOf()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        await team.ProposeAsync("root-2", "--threshold", "2");

        var seen = await team.Holder("alice").SucceedsAsync("root", "sign", team["root-2"], "-y");
        var unseen = await team.Holder("dave").SucceedsAsync("root", "sign", team["root-2"], "-y");
        var pinned = await team.Holder("erin").SucceedsAsync("root", "sign", team["root-2"], "-y", "--root", (await team.StatusAsync()).Json.GetProperty("root").GetProperty("fingerprint").GetString()!);

        Assert.Contains("a root that you signed here", seen.Messages, StringComparison.Ordinal);
        Assert.Contains("changes would look smaller than they are", unseen.Messages, StringComparison.Ordinal);
        var holders = (await team.StatusAsync()).Json.GetProperty("root").GetProperty("roles").GetProperty("root").GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("keyid").GetString()!).ToList();
        Assert.All(holders, id => Assert.Contains(id, unseen.Messages, StringComparison.Ordinal));
        Assert.All(holders, id => Assert.DoesNotContain(id, seen.Messages, StringComparison.Ordinal));
        Assert.Contains("the root that this machine trusts", pinned.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Propose_FileThatIsThere_IsNotOverwritten()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();

        Assert.Equal("already-exists", (await team.ProposeAsync("root-1")).ErrorCode);
    }
}
