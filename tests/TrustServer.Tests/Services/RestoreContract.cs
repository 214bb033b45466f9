using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Server.Data;
using TrustService.Server.Hosting;
using TrustService.Server.Options;
using TrustService.Server.Services;
using TrustService.Server.Stores;
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

    [Fact]
    public async Task Case65_AnotherServerKnowsOfMoreAndComesLater_BumpLeavesOutAllOfIt()
    {
        var marks = new List<byte[]>();
        for (var version = 2; version <= 5; version++)
        {
            await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(version, "1.0"))).VersionsAsync();
            marks.Add(await ReadMarkAsync());
        }
        await Server.StopAsync();
        await RestoreAsync(changes: 2);

        await File.WriteAllBytesAsync(MarkPath, marks[1]);
        Assert.Equal(1, await TrustServerApp.RunAsync(["keys", "activate-standby", "--key", "/nowhere", .. Server.Where]));
        await File.WriteAllBytesAsync(MarkPath, marks[^1]);
        Assert.Equal(0, await TrustServerApp.RunAsync(["restore", "bump", .. Server.Where]));

        await Server.RestartAsync();
        // Clients have seen timestamp 5.
        Assert.True(await VersionAsync() > 5);
        Assert.True((await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(5, "1.0"))).VersionsAsync())["snapshot"] > 6);
    }

    [Fact]
    public async Task Case65_TwoServersFindItAtOnce_OneBumpDealsWithBoth()
    {
        var history = Server.Services.GetRequiredService<ChangeHistory>();
        await using var neighbour = await Server.StartNeighbourAsync();
        await Task.WhenAll(history.OpenAsync(1, 4, 0, CancellationToken.None), neighbour.Services.GetRequiredService<ChangeHistory>().OpenAsync(0, 6, 2, CancellationToken.None));

        var found = (await history.FindOpenAsync(CancellationToken.None))!;
        Assert.Equal((0, 6), (found.KeptUntil, found.LostUntil));
        Assert.True(found.Id > 2);
        Assert.Equal(0, await TrustServerApp.RunAsync(["restore", "bump", .. Server.Where]));

        Assert.Null(await history.FindOpenAsync(CancellationToken.None));
        await Server.WaitAsync(async () => (await neighbour.Client.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK);
        Assert.True((await Owner.PublishAsync(neighbour.Client, ("targets", Owner.TargetsFile(2, "1.0"))).VersionsAsync())["timestamp"] > 7);
    }

    [Fact]
    public async Task Case65_MoreIsFoundWhileVersionsAreRaised_StaysOpen()
    {
        var history = Server.Services.GetRequiredService<ChangeHistory>();
        await history.OpenAsync(1, 4, 0, CancellationToken.None);
        var raised = (await history.FindOpenAsync(CancellationToken.None))!;
        await history.OpenAsync(1, 9, 0, CancellationToken.None);

        Assert.False(await history.CloseAsync(raised, CancellationToken.None));

        var left = (await history.FindOpenAsync(CancellationToken.None))!;
        Assert.Equal(9, left.LostUntil);
        Assert.True(await history.CloseAsync(left, CancellationToken.None));
        Assert.Null(await history.FindOpenAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Case65_RepositoryThatCannotBeRaised_LeavesVersionsOutWhenItIsSignedNext()
    {
        using var late = new RepositoryBuilder(Server.Clock, "registry.example.com/team/late");
        await late.AskForKeysAsync(Server.Client);
        var root = late.Root();
        root["expires"] = (Server.Clock.GetUtcNow() + TimeSpan.FromDays(2)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await late.PublishAsync(Server.Client, ("root", RepositoryBuilder.Sign(root, late.RootKey)), ("targets", late.TargetsFile())).VersionsAsync();
        Server.Clock.Advance(TimeSpan.FromDays(3));
        var output = new StringWriter();

        var outcome = await new RestoreCommand(Server.Services, token => RepositoriesAsync([Owner.Name, late.Name], token), output).RunAsync(100, isOne: false, CancellationToken.None);

        Assert.Equal(Outcome.Failure, outcome);
        Assert.Contains("The servers sign again", output.ToString(), StringComparison.Ordinal);
        var signed = await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(2, "1.0"))).VersionsAsync();
        var renewed = await late.PublishAsync(Server.Client, ("root", late.RootFile(2))).VersionsAsync();
        var after = await late.PublishAsync(Server.Client, ("targets", late.TargetsFile(2, "1.0"))).VersionsAsync();
        Assert.True(signed["timestamp"] > 100);
        Assert.Equal((102, 102), (renewed["snapshot"], renewed["timestamp"]));
        // Once is enough.
        Assert.Equal((103, 103), (after["snapshot"], after["timestamp"]));
    }

    private string MarkPath => Path.Combine(Server.Directory, "data", HighWaterMark.FileName);

    private async Task<byte[]> ReadMarkAsync()
    {
        await Server.Services.GetRequiredService<RestoreGuard>().CheckAsync(CancellationToken.None);
        return await File.ReadAllBytesAsync(MarkPath);
    }

    private async IAsyncEnumerable<RepositoryRecord> RepositoriesAsync(RepositoryName[] names, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var name in names)
            yield return (await Server.Services.GetRequiredService<IMetadataStore>().FindAsync(name, cancellationToken))!;
    }

    private async Task<long> VersionAsync() => (long)JsonNode.Parse(await Server.Client.GetStringAsync($"{Owner.MetadataPath}/timestamp.json"))!["signed"]!["version"]!;

    // What a restored backup is: the rows of then, and the counters of then.
    private async Task RestoreAsync(long changes)
    {
        await using var database = new TrustDatabase(new DatabaseOptions { DataDirectory = Path.Combine(Server.Directory, "data"), ConnectionString = postgres is null ? "" : Server.Where[^1] });
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"DELETE FROM metadata_files WHERE role <> 'root' AND version > {changes}; DELETE FROM changes WHERE id > {changes};" +
            $"UPDATE repositories SET timestamp_version = {changes}, snapshot_version = {changes}, targets_version = {changes};" +
            (postgres is null ? $"UPDATE sqlite_sequence SET seq = {changes} WHERE name = 'changes';" : $"SELECT setval(pg_get_serial_sequence('changes', 'id'), {changes});");
        await command.ExecuteNonQueryAsync();
    }
}
