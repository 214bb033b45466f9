using System.Globalization;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Server.Options;
using TrustService.Server.Stores;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.Stores;

/// <summary>What every database must do for files that wait before their repository is published: whoever may write can name any repository.</summary>
public abstract class PendingStoreContract(PostgresFixture? postgres) : IAsyncLifetime
{
    protected StoreUnderTest Database { get; private set; } = null!;

    private protected PendingStore Store { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Database = await StoreUnderTest.CreateAsync(postgres);
        Store = new PendingStore(Database.OpenDatabase(), new LimitOptions(), Database.Clock);
    }

    public async Task DisposeAsync() => await Database.DisposeAsync();

    [Fact]
    public async Task Write_ManyFirstCeremoniesOfOneNamespace_TakeRoomFromThatNamespaceAlone()
    {
        await ParkAsync("registry.example.com/quiet/app");
        await ParkAsync("registry.example.com/loudest/app");
        for (var i = 0; i < PendingStore.MaxHomelessOfNamespace; i++)
            await ParkAsync(string.Create(CultureInfo.InvariantCulture, $"registry.example.com/loud/a{i}/app"));
        await ParkAsync("registry.example.com/loud/a1/app");
        await ParkAsync("registry.example.com/loud/last");

        Assert.True(await IsThereAsync("registry.example.com/quiet/app"));
        Assert.True(await IsThereAsync("registry.example.com/loudest/app"));
        Assert.True(await IsThereAsync("registry.example.com/loud/last"));
        // The one that was touched longest ago is gone, and no other.
        Assert.False(await IsThereAsync("registry.example.com/loud/a0/app"));
        Assert.True(await IsThereAsync("registry.example.com/loud/a1/app"));
        Assert.Equal(PendingStore.MaxHomelessOfNamespace + 2L, await CountAsync());
    }

    [Fact]
    public async Task Write_ManyFirstCeremoniesOfNamesOfOnePart_TakeRoomFromTheirRegistryAlone()
    {
        await ParkAsync("registry.example.com/quiet/app");
        await ParkAsync("other.example.com/app");
        for (var i = 0; i <= PendingStore.MaxHomelessOfNamespace; i++)
            await ParkAsync(string.Create(CultureInfo.InvariantCulture, $"registry.example.com/a{i}"));

        Assert.True(await IsThereAsync("registry.example.com/quiet/app"));
        Assert.True(await IsThereAsync("other.example.com/app"));
        Assert.False(await IsThereAsync("registry.example.com/a0"));
        Assert.True(await IsThereAsync("registry.example.com/a1"));
        Assert.Equal(PendingStore.MaxHomelessOfNamespace + 2L, await CountAsync());
    }

    [Fact]
    public async Task Write_ManyFirstCeremoniesOfAllNamespaces_TakesRoomFromTheOldest()
    {
        await Database.OpenStore().CreateAsync(App);
        await ParkAsync(App.Value, 2);
        await ParkAsync("registry.example.com/first/app");
        await Database.ScalarAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {PendingStore.MaxHomeless - 1})
            INSERT INTO pending_files (repository, role, version, change_id, signed_by, expires_at, parked_at, updated_at, data)
            SELECT 'registry.example.com/n' || i || '/app', role, version, change_id, signed_by, expires_at, parked_at, updated_at, data FROM pending_files, n WHERE repository = 'registry.example.com/first/app'
            """);
        await ParkAsync("registry.example.com/first/app");

        await ParkAsync("registry.example.com/new/app");

        Assert.True(await IsThereAsync("registry.example.com/new/app"));
        Assert.True(await IsThereAsync("registry.example.com/first/app"));
        Assert.True(await IsThereAsync(App.Value));
        Assert.Equal(PendingStore.MaxHomeless + 1L, await CountAsync());
    }

    [Fact]
    public async Task Prune_RepositoryThatNobodyPublished_IsDroppedSooner()
    {
        await Database.OpenStore().CreateAsync(App);
        await ParkAsync(App.Value, 2);
        await ParkAsync("registry.example.com/never/published");
        Database.Clock.Advance(TimeSpan.FromDays(8));
        var now = Database.Clock.GetUtcNow();

        Assert.Equal(1, await Store.PruneAsync(now - TimeSpan.FromDays(90), now - PendingStore.HomelessLifetime, None));

        Assert.True(await IsThereAsync(App.Value));
        Assert.False(await IsThereAsync("registry.example.com/never/published"));
    }

    // A moment later each time, so that there is an order.
    private async Task ParkAsync(string repository, long version = 1)
    {
        Database.Clock.Advance(TimeSpan.FromSeconds(1));
        var name = RepositoryName.Parse(repository);
        var file = new PendingFile { Role = RoleName.Root, Version = version, Expires = Expires, Change = new string('a', 64), SignedBy = [new KeyId("alice")], Data = "{}"u8.ToArray() };
        await Store.WriteAsync(name, file, await Store.ReadAsync(name, RoleName.Root, None), None);
    }

    private async Task<bool> IsThereAsync(string repository) => await Store.ReadAsync(RepositoryName.Parse(repository), RoleName.Root, None) is not null;

    private async Task<long> CountAsync() => (long)(await Database.ScalarAsync("SELECT COUNT(*) FROM pending_files"))!;
}
