using TrustService.Cli.Tests.Support;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Ceremony;

/// <summary>Roots that several people hold, as Debian's <c>notary</c> client reads them.</summary>
public sealed class NotaryReaderTests
{
    [Fact]
    public async Task Notary_EveryRootOfACeremony_IsRead()
    {
        await using var server = await TrustServerHost.StartAsync(TimeProvider.System);
        using var team = new CeremonyTeam(TimeProvider.System, server.Url, "notary");
        using var follower = new NotaryClient(server.Url);
        using var latecomer = new NotaryClient(server.Url);
        await team.PublishFirstAsync();
        await team.SignAndVerifyAsync("1.0");
        await ListsAsync(follower, team, "1.0");
        await ListsAsync(latecomer, team, "1.0");

        await team.ChangeAsync("root-2", ["alice", "bob", "carol", "frank"],
            "--replace-holder", $"dave=frank={await team.KeyOfAsync("frank")}", "--replace-holder", $"erin=grace={await team.KeyOfAsync("grace")}", "--threshold", "4");
        await ListsAsync(follower, team, "1.0");
        await team.ChangeAsync("root-3", ["bob", "carol", "frank", "grace"], "--lost", "alice", "--threshold", "3", "--rotate-online", "all");
        await team.SignAndVerifyAsync("2.0");
        await ListsAsync(follower, team, "2.0");
        // From root 1 over both at once, and with nothing at all.
        await ListsAsync(latecomer, team, "2.0");
        using var newcomer = new NotaryClient(server.Url);
        await ListsAsync(newcomer, team, "2.0");
    }

    // That server would break a repository with members that it does not know, and has nowhere to leave a proposal.
    [Fact]
    public async Task RealNotaryServer_CeremonyByFilesAlone_IsReadAndHoldsNoNames()
    {
        await using var server = await NotaryServerFixture.StartAsync();
        using var team = new CeremonyTeam(TimeProvider.System, server.Url, "notary");
        using var reader = new NotaryClient(server.Url);
        await team.PublishFirstAsync();
        await team.SignAndVerifyAsync("1.0");

        var pushed = await team.Release.RunAsync("root", "push", team["root-1"], "-o", "json");
        await team.ChangeAsync("root-2", ["alice", "bob", "carol"], "--rotate-online", "all");

        Assert.Equal("server-refused", pushed.ErrorCode);
        Assert.All((await team.StatusAsync()).Json.GetProperty("root").GetProperty("roles").GetProperty("root").GetProperty("keys").EnumerateArray(), key => Assert.False(key.TryGetProperty("name", out _)));
        await ListsAsync(reader, team, "1.0");
    }

    private static async Task ListsAsync(NotaryClient client, CeremonyTeam team, string tag) => Assert.Contains(tag, await client.RunAsync("list", team.Repository), StringComparison.Ordinal);
}
