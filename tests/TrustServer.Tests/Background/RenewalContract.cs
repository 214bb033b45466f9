using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Server.Background;
using TrustService.Server.Data;
using TrustService.Testing;

namespace TrustService.Server.Tests.Background;

/// <summary>Renewal before expiry, on each database.</summary>
public abstract class RenewalContract(PostgresFixture? postgres)
{
    [Fact]
    public async Task Timestamp_WithLessThanHalfItsLife_IsRenewedAtStart()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        server.Clock.Advance(TimeSpan.FromDays(8));

        await server.RestartAsync();

        var timestamp = await TimestampAsync(server, owner);
        Assert.Equal(2, (int?)timestamp["version"]);
        Assert.Equal(1, (int?)timestamp["meta"]!["snapshot.json"]!["version"]);
        Assert.StartsWith(server.Clock.GetUtcNow().AddDays(14).ToString("yyyy-MM-dd", null), (string?)timestamp["expires"], StringComparison.Ordinal);
        Assert.Contains(server.Logs.Lines, line => line.Contains("Renewal: 1 of 1 repositories due", StringComparison.Ordinal));
        Assert.Contains("trust_renewals_total{result=\"renewed\"} 1", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshot_WithinThirtyDaysOfItsEnd_IsRenewedWithTimestamp()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        server.Clock.Advance(TimeSpan.FromDays(61));

        await server.RestartAsync();

        Assert.Equal(2, (int?)(await TimestampAsync(server, owner))["meta"]!["snapshot.json"]!["version"]);
        Assert.Equal(3, (await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(2))).VersionsAsync())["snapshot"]);
    }

    [Fact]
    public async Task DamagedRepository_DoesNotKeepOthersFromRenewal()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var damaged = new RepositoryBuilder(server.Clock, "registry.example.com/damaged");
        await damaged.InitAsync(server.Client);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        await using (var connection = await server.Services.GetRequiredService<TrustDatabase>().OpenAsync(CancellationToken.None))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM metadata_files WHERE role = 'snapshot' AND repository_id = (SELECT id FROM repositories WHERE name = 'registry.example.com/damaged')";
            await command.ExecuteNonQueryAsync();
        }
        await server.RestartAsync();
        server.Clock.Advance(TimeSpan.FromDays(8));

        Assert.Equal(new RenewalReport(1, 1), await RenewAsync(server));

        Assert.Equal(2, (int?)(await TimestampAsync(server, owner))["version"]);
        Assert.Contains("trust_renewals_total{result=\"store-damaged\"} 1", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_NeverRenews()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        server.Clock.Advance(TimeSpan.FromDays(20));

        Assert.Equal(1, (int?)(await TimestampAsync(server, owner))["version"]);
        await server.Client.GetAsync($"/tuf/{owner.Name}/keys/timestamp");
        Assert.Equal(1, (int?)(await TimestampAsync(server, owner))["version"]);
    }

    [Fact]
    public async Task TwoServers_RenewingAtOnce_RenewOnce()
    {
        await using var server = await TestServer.StartAsync(postgres);
        var owners = Enumerable.Range(0, 10).Select(i => new RepositoryBuilder(server.Clock, $"registry.example.com/app{i}")).ToList();
        foreach (var owner in owners)
            await owner.InitAsync(server.Client);
        await using var neighbour = await server.StartNeighbourAsync();
        server.Clock.Advance(TimeSpan.FromDays(8));

        var reports = await Task.WhenAll(RenewAsync(server), RenewAsync(neighbour));

        Assert.Equal(owners.Count, reports.Sum(report => report.Renewed));
        Assert.Equal(0, reports.Sum(report => report.Refused));
        foreach (var owner in owners)
        {
            Assert.Equal(2, (int?)(await TimestampAsync(server, owner))["version"]);
            owner.Dispose();
        }
    }

    [Fact]
    public async Task Case23_RenewalThatCrossesPublishes_NeverMixesTwoSets()
    {
        const int Publishes = 30;
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);

        var publishing = Task.Run(async () =>
        {
            for (var version = 2; version < 2 + Publishes; version++)
            {
                await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(version, $"{version}.0"))).VersionsAsync();
                // Everything is due again, so that renewals keep crossing.
                server.Clock.Advance(TimeSpan.FromHours(1));
            }
        });
        var renewed = 0;
        server.Clock.Advance(TimeSpan.FromDays(8));
        while (!publishing.IsCompleted)
        {
            renewed += (await RenewAsync(server)).Renewed;
            var timestamp = await TimestampAsync(server, owner);
            var version = (int)timestamp["meta"]!["snapshot.json"]!["version"]!;
            var snapshot = await SignedAsync(server, owner, $"{version}.snapshot.json");
            var targets = (int)snapshot["meta"]!["targets.json"]!["version"]!;
            Assert.Equal(targets, (int?)(await SignedAsync(server, owner, $"{targets}.targets.json"))["version"]);
        }
        await publishing;
        server.Clock.Advance(TimeSpan.FromDays(8));
        renewed += (await RenewAsync(server)).Renewed;

        Assert.Equal(1 + Publishes + renewed, (int?)(await TimestampAsync(server, owner))["version"]);
        Assert.True(renewed > 0);
    }

    private static Task<RenewalReport> RenewAsync(TestServer server) => server.Services.GetRequiredService<MetadataRenewer>().RenewDueAsync(CancellationToken.None);

    private static Task<JsonObject> TimestampAsync(TestServer server, RepositoryBuilder owner) => SignedAsync(server, owner, "timestamp.json");

    private static async Task<JsonObject> SignedAsync(TestServer server, RepositoryBuilder owner, string file) =>
        JsonNode.Parse(await server.Client.GetStringAsync($"{owner.MetadataPath}/{file}"))!["signed"]!.AsObject();
}
