using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Ceremony;

/// <summary>Proposals that go round through the trust server.</summary>
public sealed class ParkingTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task PushAndPull_FirstRoot_GathersSignatures(string format)
    {
        using var team = new CeremonyTeam(server, format);
        await team.BeginAsync();
        var unsigned = await team.Release.RunAsync("root", "push", team["root-1"], "-o", "json");
        await team.SignAsync("root-1", "alice");
        await team.Release.SucceedsAsync("root", "push", team["root-1"]);

        foreach (var name in (string[])["bob", "carol"])
        {
            var holder = team.Holder(name);
            holder.Environment["SIGNER_SERVER"] = server.Host.Url;
            await holder.SucceedsAsync("root", "pull", team.Repository, "--out", team[name]);
            await holder.SucceedsAsync("root", "sign", team[name], "-y");
            await holder.SucceedsAsync("root", "push", team[name]);
        }
        var waiting = await team.StatusAsync();
        await team.Release.SucceedsAsync("root", "pull", team.Repository, "--out", team["all"]);
        await team.Release.SucceedsAsync("root", "publish", team["all"], "-y");

        Assert.Equal("threshold-not-met", unsigned.ErrorCode);
        Assert.True(waiting.Json.GetProperty("proposal").GetProperty("isComplete").GetBoolean());
        Assert.Equal("published", (await team.StatusAsync()).Json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Push_WhileAnotherProposalIsThere_NeedsReplace()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        foreach (var (file, threshold) in ((string, string)[])[("one", "2"), ("other", "4")])
        {
            await team.ProposeAsync(file, "--threshold", threshold);
            await team.SignAsync(file, "alice");
        }
        await team.Release.SucceedsAsync("root", "push", team["one"]);

        var refused = await team.Release.RunAsync("root", "push", team["other"], "-o", "json");
        await team.Release.SucceedsAsync("root", "push", team["other"], "--replace");

        Assert.Equal("publish-conflict", refused.ErrorCode);
        Assert.Contains("root: threshold 3 → 4", (await team.StatusAsync()).Json.GetProperty("proposal").GetProperty("changes").EnumerateArray().Select(line => line.GetString()));
    }

    [Fact]
    public async Task Pull_WithoutAPin_IsRefused()
    {
        using var team = new CeremonyTeam(server, "tuf");
        await team.PublishFirstAsync();
        await team.ProposeAsync("root-2", "--threshold", "2");
        await team.SignAsync("root-2", "alice");
        await team.Release.SucceedsAsync("root", "push", team["root-2"]);

        var refused = await team.NewMachine().RunAsync("root", "pull", team.Repository, "--out", team["pulled"], "-o", "json");
        var nothing = await team.Release.RunAsync("root", "pull", $"{team.Repository}-other", "--out", team["pulled"], "-o", "json");

        Assert.Equal("root-not-pinned", refused.ErrorCode);
        Assert.Equal((1, "nothing-pending"), (nothing.ExitCode, nothing.ErrorCode));
        Assert.False(File.Exists(team["pulled"]));
    }
}
