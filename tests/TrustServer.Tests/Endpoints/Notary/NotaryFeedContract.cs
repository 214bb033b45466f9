using System.Net;
using System.Text.Json.Nodes;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints.Notary;

/// <summary>The change feed as Notary clients read it, on each database.</summary>
public abstract class NotaryFeedContract(PostgresFixture? postgres)
{
    [Fact]
    public async Task Feed_OfPublishesAndDeletions_PagesAsClientsAsk()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        using var other = new NotaryOwner(server.Clock, "registry.example.com/team/app2");
        using var tuf = new RepositoryBuilder(server.Clock, "registry.example.com/tuf");
        await tuf.InitAsync(server.Client);
        await owner.InitAsync(server.Client);
        await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(2))).OkAsync();
        await other.InitAsync(server.Client);
        var timestamp = NotaryJson.Sha256Hex(await owner.ReadAsync(server.Client, "timestamp.json"));
        await server.Client.DeleteAsync(owner.Path).OkAsync();

        var all = await FeedAsync(server, "/v2/_trust/changefeed?records=0");
        Assert.Equal([("update", 1), ("update", 2), ("update", 1), ("deletion", 0)], all.Select(record => ((string)record["Category"]!, (int)record["Version"]!)));
        Assert.Equal([owner.Gun, owner.Gun, other.Gun, owner.Gun], all.Select(record => (string)record["GUN"]!));
        Assert.Equal((timestamp, ""), ((string)all[1]["SHA256"]!, (string)all[3]["SHA256"]!));
        Assert.Equal(server.Clock.GetUtcNow(), DateTimeOffset.Parse((string)all[0]["CreatedAt"]!, null));
        var ids = all.Select(record => (string)record["ID"]!).ToList();

        Assert.Equal(ids[1..3], await IdsAsync($"/v2/_trust/changefeed?records=2&change_id={ids[0]}"));
        Assert.Equal(ids[2..], await IdsAsync("/v2/_trust/changefeed?records=2&change_id=-1"));
        Assert.Equal(ids[2..], await IdsAsync("/v2/_trust/changefeed?records=-2"));
        Assert.Equal(ids[1..3], await IdsAsync($"/v2/_trust/changefeed?records=-2&change_id={ids[3]}"));
        Assert.Equal([ids[0], ids[1], ids[3]], await IdsAsync($"/v2/{owner.Gun}/_trust/changefeed?records=100"));
        Assert.Equal([ids[2]], await IdsAsync($"/v2/{other.Gun}/_trust/changefeed?records=100"));
        Assert.Equal("""{"count":0,"records":[]}""", await server.Client.GetStringAsync($"/v2/_trust/changefeed?records=10&change_id={ids[3]}"));
        Assert.Equal("""{"count":0,"records":[]}""", await server.Client.GetStringAsync("/v2/unknown/_trust/changefeed?records=10"));
        foreach (var query in (string[])["", "?change_id=1", "?records=x", "?records=1.5"])
            Assert.StartsWith("invalid records parameter: strconv.ParseInt: parsing", (string?)(await server.Client.GetAsync($"/v2/_trust/changefeed{query}").ErrorAsync(HttpStatusCode.BadRequest, "INVALID_PARAMETERS"))["detail"], StringComparison.Ordinal);
        Assert.Equal("{}", (await server.Client.GetAsync("/v2/_trust/changefeed?records=1&change_id=x").ErrorAsync(HttpStatusCode.BadRequest, "INVALID_PARAMETERS"))["detail"]!.ToJsonString());

        async Task<List<string>> IdsAsync(string path) => [.. (await FeedAsync(server, path)).Select(record => (string)record["ID"]!)];
    }

    private static async Task<List<JsonNode>> FeedAsync(TestServer server, string path)
    {
        var feed = JsonNode.Parse(await server.Client.GetStringAsync(path))!;
        Assert.Equal((int?)feed["count"], feed["records"]!.AsArray().Count);
        return [.. feed["records"]!.AsArray().Select(record => record!)];
    }
}
