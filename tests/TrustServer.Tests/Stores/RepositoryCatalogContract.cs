using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Stores;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.Stores;

/// <summary>What every database must do for <see cref="IRepositoryCatalog"/>.</summary>
public abstract class RepositoryCatalogContract(PostgresFixture? postgres) : IAsyncLifetime
{
    protected StoreUnderTest Database { get; private set; } = null!;

    private protected MetadataStore Store { get; private set; } = null!;

    private protected RepositoryCatalog Catalog { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Database = await StoreUnderTest.CreateAsync(postgres);
        (Store, Catalog) = (Database.OpenStore(), Database.OpenCatalog());
    }

    public async Task DisposeAsync() => await Database.DisposeAsync();

    [Fact]
    public async Task List_Pages_AreOrdinalAndComplete()
    {
        var names = new[] { "a.example/x-y", "a.example/x/y", "a.example/x", "b.example/x_y", "a.example/xy" };
        foreach (var name in names)
            await Store.CreateAsync(RepositoryName.Parse(name));
        var seen = new List<string>();
        for (string? after = null; await Catalog.ListAsync(null, after, 2, None) is { Count: > 0 } page; after = seen[^1])
            seen.AddRange(page.Select(r => r.Name.Value));
        Assert.Equal(names.Order(StringComparer.Ordinal), seen);
        Assert.Equal(5, await Catalog.CountAsync(None));
    }

    [Theory]
    [InlineData("x_y", "b.example/x_y")]
    [InlineData("%", "")]
    [InlineData("_", "b.example/x_y")]
    [InlineData("a.ex", "a.example/x-y")]
    [InlineData("'; DROP TABLE changes; --", "")]
    public async Task List_Search_TakesTheTextAsItIs(string search, string found)
    {
        await Store.CreateAsync(RepositoryName.Parse("a.example/x-y"));
        await Store.CreateAsync(RepositoryName.Parse("b.example/x_y"));
        Assert.Equal(found, string.Join(' ', (await Catalog.ListAsync(search, null, 10, None)).Select(r => r.Name.Value)));
    }

    [Fact]
    public async Task History_Pages_RunFromNewestToOldest()
    {
        await Store.CreateAsync(App, RoleName.Parse("dev"));
        await Store.CreateAsync(Other);
        for (var i = 0; i < 3; i++)
        {
            Database.Clock.Advance(TimeSpan.FromSeconds(1.2345678));
            await Store.PublishNextAsync(App);
        }
        var seen = new List<HistoryEntry>();
        HistoryPosition? before = null;
        for (; await Catalog.HistoryAsync(App, null, before, 4, None) is { Count: > 0 } page; before = seen[^1].Position)
            seen.AddRange(page);

        Assert.Equal(
            ["snapshot 4", "targets 4", "timestamp 4", "snapshot 3", "targets 3", "timestamp 3", "snapshot 2", "targets 2", "timestamp 2", "dev 1", "root 1", "snapshot 1", "targets 1", "timestamp 1"],
            seen.Select(h => $"{h.Role} {h.Version}"));
        Assert.Equal([4, 3, 2, 1], (await Catalog.HistoryAsync(App, RoleName.Targets, null, 100, None)).Select(h => h.Version));
        Assert.Equal(Signed(RoleName.Targets, 1, App.Value).Sha256, seen.Single(h => h.Role == RoleName.Targets && h.Version == 1).Sha256);
        Assert.True(HistoryPosition.TryParse(before!.ToString(), out var parsed));
        Assert.Equal(before, parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1.2")]
    [InlineData("1.2.")]
    [InlineData("-1.2.root")]
    [InlineData("99999999999999999.2.root")]
    public void HistoryPosition_OtherText_IsNone(string? text) => Assert.False(HistoryPosition.TryParse(text, out _));

    [Fact]
    public async Task Changes_PublishAndDelete_AreInOrderWithTheirTimestamps()
    {
        await Store.CreateAsync(App);
        await Store.CreateAsync(Other);
        await Store.PublishNextAsync(App);
        await Store.DeleteAsync(App, null, "admin", None);

        var changes = await Catalog.ReadChangesAsync(new ChangeQuery(100), None);
        Assert.Equal([(App.Value, ChangeKind.Publish), (Other.Value, ChangeKind.Publish), (App.Value, ChangeKind.Publish), (App.Value, ChangeKind.Delete)], changes.Select(c => (c.Repository, c.Kind)));
        Assert.Equal((2L, Signed(RoleName.Timestamp, 2).Sha256, "somebody", "{}"), (changes[2].TimestampVersion!.Value, changes[2].TimestampSha256, changes[2].Actor, changes[2].Summary));
        Assert.Equal(changes.Skip(1).Take(2), await Catalog.ReadChangesAsync(new ChangeQuery(2) { After = changes[0].Id }, None));
        Assert.Equal(3, (await Catalog.ReadChangesAsync(new ChangeQuery(100) { Repository = App }, None)).Count);
        Assert.Empty(await Catalog.ReadChangesAsync(new ChangeQuery(100) { After = changes[^1].Id }, None));
    }

    [Fact]
    public async Task Changes_LastOfARange_ComeInAscendingOrder()
    {
        await Store.CreateAsync(App);
        for (var i = 0; i < 4; i++)
            await Store.PublishNextAsync(App);
        var all = await Catalog.ReadChangesAsync(new ChangeQuery(100), None);

        Assert.Equal(all.Skip(3), await Catalog.ReadChangesAsync(new ChangeQuery(2) { TakesLast = true }, None));
        Assert.Equal(all.Skip(1).Take(2), await Catalog.ReadChangesAsync(new ChangeQuery(2) { Before = all[3].Id, TakesLast = true }, None));
        Assert.Equal(all.Take(1), await Catalog.ReadChangesAsync(new ChangeQuery(5) { Before = all[1].Id, TakesLast = true }, None));
    }

    [Fact]
    public async Task Changes_OfOneFormat_LeaveOutTheOther()
    {
        await Store.CreateAsync(App);
        await using (var publish = await Store.BeginPublishAsync(Other, [], None))
            await publish.CommitAsync(Of([.. TopLevel.Select(r => Signed(r, 1))]) with { Format = "notary" }, None);
        Assert.False(await Store.DeleteAsync(App, "notary", null, None));
        Assert.True(await Store.DeleteAsync(Other, "notary", null, None));

        Assert.Equal(
            [(Other.Value, ChangeKind.Publish), (Other.Value, ChangeKind.Delete)],
            (await Catalog.ReadChangesAsync(new ChangeQuery(100) { Format = "notary" }, None)).Select(c => (c.Repository, c.Kind)));
        Assert.Equal([App.Value], (await Catalog.ReadChangesAsync(new ChangeQuery(100) { Format = "tuf" }, None)).Select(c => c.Repository));
        Assert.NotNull(await Store.FindAsync(App, None));
    }

    [Fact]
    public async Task Changes_ReadWhileManyPublish_MissNothing()
    {
        const int Publishers = 8;
        const int Each = 15;
        var second = Database.OpenStore();
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(i => Task.Run(async () =>
        {
            var store = i % 2 == 0 ? Store : second;
            var name = RepositoryName.Parse($"registry.example.com/team/n{i}");
            await store.CreateAsync(name);
            for (var n = 1; n < Each; n++)
                await store.PublishNextAsync(name);
        })));
        var seen = new List<ChangeRecord>();
        while (true)
        {
            var isLast = publishing.IsCompleted;
            seen.AddRange(await Catalog.ReadChangesAsync(new ChangeQuery(1000) { After = seen.Count == 0 ? 0 : seen[^1].Id }, None));
            if (isLast)
                break;
        }
        await publishing;
        Assert.Equal(Publishers * Each, seen.Count);
        Assert.All(seen.GroupBy(c => c.Repository), g => Assert.Equal(Enumerable.Range(1, Each).Select(v => (long?)v), g.Select(c => c.TimestampVersion)));
    }

    [Fact]
    public async Task Expiring_TimestampOrSnapshotBeforeTheTime_IsListedById()
    {
        await CreateAsync("soon", timestampDays: 1, snapshotDays: 90);
        await CreateAsync("later", timestampDays: 14, snapshotDays: 90);
        await CreateAsync("snapshot", timestampDays: 14, snapshotDays: 2);
        var now = Database.Clock.GetUtcNow();

        var due = await Catalog.ListExpiringAsync(now.AddDays(7), now.AddDays(30), 0, 10, None);

        Assert.Equal(["soon", "snapshot"], due.Select(r => r.Name.Path));
        Assert.Equal(["snapshot"], (await Catalog.ListExpiringAsync(now.AddDays(7), now.AddDays(30), due[0].Id, 10, None)).Select(r => r.Name.Path));
        Assert.Empty(await Catalog.ListExpiringAsync(now.AddDays(1), now.AddDays(2), 0, 10, None));
        Assert.Equal(["soon", "snapshot"], (await Catalog.ListSoonestExpiringAsync(2, None)).Select(r => r.Name.Path));
    }

    [Fact]
    public async Task FindSoonestExpiries_IsTheFirstOfEachRoleInAllRepositories()
    {
        Assert.Null(await Catalog.FindSoonestExpiriesAsync(None));
        var now = Database.Clock.GetUtcNow();
        await CreateAsync("one", timestampDays: 14, snapshotDays: 20);
        await CreateAsync("two", timestampDays: 3, snapshotDays: 90);

        Assert.Equal(new SoonestExpiries(now.AddDays(365), now.AddDays(365), now.AddDays(20), now.AddDays(3)), await Catalog.FindSoonestExpiriesAsync(None));
    }

    private async Task CreateAsync(string path, int timestampDays, int snapshotDays)
    {
        var now = Database.Clock.GetUtcNow();
        await using var publish = await Store.BeginPublishAsync(RepositoryName.Parse($"registry.example.com/{path}"), [], None);
        await publish.CommitAsync(
            Of([.. TopLevel.Select(r => new NewFile(r, 1, now.AddDays(r == RoleName.Timestamp ? timestampDays : r == RoleName.Snapshot ? snapshotDays : 365), new byte[] { 1 }))]), None);
    }
}
