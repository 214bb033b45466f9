using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Errors;
using TrustService.Server.Data;
using TrustService.Testing;

namespace TrustService.Server.Tests.Services;

/// <summary>Security case F 65: a backup of last week is restored; on each database.</summary>
public abstract class RestoreContract(PostgresFixture? postgres) : IAsyncLifetime
{
    private TestServer Server { get; set; } = null!;

    private RepositoryBuilder Owner { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync(postgres);
        Owner = new RepositoryBuilder(Server.Clock);
        await Owner.InitAsync(Server.Client, "1.0");
    }

    public async Task DisposeAsync()
    {
        Owner.Dispose();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task Case65_RestoredBackup_SignsNothingUntilVersionsAreRaisedAndClientsGoOn()
    {
        await using var neighbour = await Server.StartNeighbourAsync();
        for (var version = 2; version <= 5; version++)
            await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(version, "1.0"))).VersionsAsync();

        await RestoreAsync(changes: 2);

        await Server.WaitAsync(async () => (await Server.Client.GetAsync("/readyz")).StatusCode == HttpStatusCode.ServiceUnavailable);
        await Server.WaitAsync(async () => (await neighbour.Client.GetAsync("/readyz")).StatusCode == HttpStatusCode.ServiceUnavailable);
        await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(3, "evil"))).RefusedAsync(TrustError.DatabaseRestored);
        await Owner.PublishAsync(neighbour.Client, ("targets", Owner.TargetsFile(3, "evil"))).RefusedAsync(TrustError.DatabaseRestored);
        Assert.Equal(1, await TrustServerApp.RunAsync(["keys", "activate-standby", "--key", "/nowhere", .. Server.Where]));
        Assert.Contains("trust_database_restored 1", await Server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await VersionAsync());

        Assert.Equal(0, await TrustServerApp.RunAsync(["restore", "bump", .. Server.Where]));

        await Server.WaitAsync(async () => (await Server.Client.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK);
        await Server.WaitAsync(async () => (await neighbour.Client.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK);
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        // Clients have seen timestamp 5.
        Assert.True(await VersionAsync() > 5);
        var versions = await Owner.PublishAsync(neighbour.Client, ("targets", Owner.TargetsFile(5, "1.0"))).VersionsAsync();
        Assert.True(versions["snapshot"] > 5);
        Assert.Contains(Server.Logs.Lines, line => line.Contains("ALARM: database-restored", StringComparison.Ordinal));
        var changes = JsonNode.Parse(await Server.Client.GetStringAsync("/api/v1/changes"))!["changes"]!.AsArray();
        Assert.Equal([1, 2, 6, 7], changes.Select(change => (long)change!["id"]!));
        await Server.RestartAsync();
        Assert.Equal(0, await TrustServerApp.RunAsync(["restore", "bump", .. Server.Where]));
        Assert.Equal(versions["timestamp"], await VersionAsync());
    }

    [Fact]
    public async Task Case65_DatabasePutBackBetweenTwoPublishes_IsNoticedBeforeTheSecondIsCommitted()
    {
        for (var version = 2; version <= 4; version++)
            await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(version, "1.0"))).VersionsAsync();

        await RestoreAsync(changes: 2);
        await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(3, "other"))).RefusedAsync(TrustError.DatabaseRestored);

        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await VersionAsync());
    }

    [Fact]
    public async Task Case65_OneRepositoryByHand_LeavesOutAsManyVersionsAsAsked()
    {
        Assert.Equal(0, await TrustServerApp.RunAsync(["restore", "bump", "--repository", Owner.Name.Value, "--by", "100", .. Server.Where]));

        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(102, await VersionAsync());
        Assert.Equal(103, (await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(2, "1.0"))).VersionsAsync())["timestamp"]);
    }

    private async Task<long> VersionAsync() => (long)JsonNode.Parse(await Server.Client.GetStringAsync($"{Owner.MetadataPath}/timestamp.json"))!["signed"]!["version"]!;

    // What a restored backup is: the rows of then, and the counters of then.
    private async Task RestoreAsync(long changes)
    {
        var database = Server.Services.GetRequiredService<TrustDatabase>();
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"DELETE FROM metadata_files WHERE role <> 'root' AND version > {changes}; DELETE FROM changes WHERE id > {changes};" +
            $"UPDATE repositories SET timestamp_version = {changes}, snapshot_version = {changes}, targets_version = {changes};" +
            (postgres is null ? $"UPDATE sqlite_sequence SET seq = {changes} WHERE name = 'changes';" : $"SELECT setval(pg_get_serial_sequence('changes', 'id'), {changes});");
        await command.ExecuteNonQueryAsync();
    }
}
