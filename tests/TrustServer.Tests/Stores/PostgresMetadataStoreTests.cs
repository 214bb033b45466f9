using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.Stores;

[Collection(OnPostgres.Name)]
public sealed class PostgresMetadataStoreTests(PostgresFixture postgres) : MetadataStoreContract(postgres)
{
    [Fact]
    public async Task Publish_RepositoryDeletedBesideTheLock_IsConflict()
    {
        await Store.CreateAsync(App);
        await using var publish = await Store.BeginPublishAsync(App, [], None);
        await Database.ScalarAsync($"DELETE FROM repositories WHERE name = '{App}'");

        await Refusal.OfAsync(TrustError.PublishConflict, () => publish.CommitAsync(Of(Signed(RoleName.Targets, 2), Signed(RoleName.Snapshot, 2), Signed(RoleName.Timestamp, 2)), None));

        Assert.Null(await Store.FindAsync(App, None));
    }

    [Fact]
    public async Task Publish_ConnectionLost_IsUnavailableAndTheNextPublishWorks()
    {
        await Store.CreateAsync(App);
        await using (var publish = await Store.BeginPublishAsync(App, [], None))
        {
            await Database.ScalarAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'");
            await Refusal.OfAsync(TrustError.StoreUnavailable, () => publish.CommitAsync(Of(Signed(RoleName.Timestamp, 2)), None));
        }
        Assert.Equal(1, (await Store.FindAsync(App, None))!.Timestamp.Version);
        Assert.Equal(2, (await Store.PublishNextAsync(App)).Timestamp.Version);
    }

    [Fact]
    public async Task BeginPublish_AnotherServerKeepsTheLock_IsUnavailableAfterTheWait()
    {
        var second = Database.OpenStore(";Options=-c lock_timeout=200");
        await using (await Store.BeginPublishAsync(App, [], None))
        {
            await Refusal.OfAsync(TrustError.StoreUnavailable, () => second.BeginPublishAsync(App, [], None));
            await second.CreateAsync(Other);
        }
        Assert.Equal(1, (await second.CreateAsync(App)).Timestamp.Version);
    }

    [Fact]
    public async Task Publish_AsManyAsConnections_LeavesRoomToReadBesideThem()
    {
        const int Connections = 4;
        var store = Database.OpenStore($";Maximum Pool Size={Connections}");
        await Task.WhenAll(Enumerable.Range(0, Connections * 4).Select(i => Task.Run(async () =>
        {
            await using var publish = await store.BeginPublishAsync(RepositoryName.Parse($"registry.example.com/team/n{i}"), [], None);
            Assert.Null(await store.FindAsync(App, None));
            await publish.CommitAsync(Of([.. TopLevel.Select(r => Signed(r, 1))]), None);
        })));
        Assert.Equal(Connections * 4, await Database.OpenCatalog().CountAsync(None));
    }
}
