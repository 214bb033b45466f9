using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Stores;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.Stores;

/// <summary>What every database must do for <see cref="IMetadataStore"/>.</summary>
public abstract class MetadataStoreContract(PostgresFixture? postgres) : IAsyncLifetime
{
    protected StoreUnderTest Database { get; private set; } = null!;

    private protected MetadataStore Store { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Database = await StoreUnderTest.CreateAsync(postgres);
        Store = Database.OpenStore();
    }

    public async Task DisposeAsync() => await Database.DisposeAsync();

    [Fact]
    public async Task Find_UnknownRepository_IsNull()
    {
        Assert.Null(await Store.FindAsync(App, None));
        Assert.Null(await Store.ReadAsync(App, RoleName.Root, 1, None));
        Assert.Null(await Store.ReadCurrentAsync(App, RoleName.Timestamp, None));
        Assert.Null(await Store.ReadCurrentSetAsync(App, None));
        Assert.False(await Store.DeleteAsync(App, null, null, None));
    }

    [Fact]
    public async Task Publish_First_StoresBytesAndHeads()
    {
        var published = await Store.CreateAsync(App);

        var found = await Store.FindAsync(App, None);
        Assert.Equal(published, found);
        Assert.Equal("tuf", found!.Format);
        Assert.Equal(Database.Clock.GetUtcNow(), found.CreatedAt);
        Assert.All(TopLevel, r => Assert.Equal(new RoleHead(1, Expires), found.Head(r)));
        var root = Signed(RoleName.Root, 1, App.Value);
        var stored = await Store.ReadAsync(App, RoleName.Root, 1, None);
        Assert.Equal(root.Data.ToArray(), stored!.Data.ToArray());
        Assert.Equal(root.Sha256, stored.Sha256);
        Assert.Equal(published.Id, stored.RepositoryId);
        Assert.Equal(Expires, stored.Expires);
        Assert.Equal(Database.Clock.GetUtcNow(), stored.CreatedAt);
    }

    [Fact]
    public async Task Publish_Next_ChangesHeadsAndKeepsHistory()
    {
        await Store.CreateAsync(App);
        await Store.PublishNextAsync(App, "two");

        var found = await Store.FindAsync(App, None);
        Assert.Equal((1, 2, 2, 2), (found!.Root.Version, found.Timestamp.Version, found.Snapshot.Version, found.Targets.Version));
        Assert.Equal("targets 2 two", (await Store.ReadCurrentAsync(App, RoleName.Targets, None)).Text());
        Assert.Equal($"targets 1 {App}", (await Store.ReadAsync(App, RoleName.Targets, 1, None)).Text());
    }

    [Fact]
    public async Task CurrentSet_DelegatedRoles_HoldsTheHighestVersionOfEach()
    {
        var (dev, ops) = (RoleName.Parse("dev"), RoleName.Parse("ops"));
        await Store.CreateAsync(App, dev, ops);
        await Store.CreateAsync(Other, RoleName.Parse("foreign"));
        await using (var publish = await Store.BeginPublishAsync(App, [dev], None))
        {
            Assert.Equal(1, (await publish.ReadCurrentAsync(dev, None))!.Version);
            Assert.Equal(1, (await publish.ReadCurrentAsync(ops, None))!.Version);
            Assert.Null(await publish.ReadCurrentAsync(RoleName.Parse("foreign"), None));
            await publish.CommitAsync(Of(Signed(dev, 5), Signed(RoleName.Snapshot, 2), Signed(RoleName.Timestamp, 2)), None);
        }

        var set = await Store.ReadCurrentSetAsync(App, None);

        Assert.Equal(["dev 5", "ops 1", "root 1", "snapshot 2", "targets 1", "timestamp 2"], set!.Files.Values.Select(f => $"{f.Role} {f.Version}").Order());
        Assert.Equal(2, set.Repository.Timestamp.Version);
        await using var next = await Store.BeginPublishAsync(App, [], None);
        Assert.Equal(set.Files.Values.Select(f => f.Sha256).Order(), (await next.ReadCurrentSetAsync(None))!.Files.Values.Select(f => f.Sha256).Order());
    }

    [Fact]
    public async Task Publish_Disposed_ChangesNothingAndLetsTheNextIn()
    {
        await Store.CreateAsync(App);
        var before = await Store.FindAsync(App, None);
        await using (await Store.BeginPublishAsync(App, [], None))
        {
        }
        Assert.Equal(before, await Store.FindAsync(App, None));
        Assert.Equal(2, (await Store.PublishNextAsync(App)).Timestamp.Version);
    }

    [Fact]
    public async Task Publish_DisposedAgainAfterCommit_LeavesTheNextPublishAlone()
    {
        var first = await Store.BeginPublishAsync(App, [], None);
        await first.CommitAsync(Of([.. TopLevel.Select(r => Signed(r, 1))]), None);
        await using var next = await Store.BeginPublishAsync(App, [], None);

        await first.DisposeAsync();

        await next.CommitAsync(Of(Signed(RoleName.Targets, 2), Signed(RoleName.Snapshot, 2), Signed(RoleName.Timestamp, 2)), None);
        Assert.Equal(2, (await Store.FindAsync(App, None))!.Timestamp.Version);
    }

    [Fact]
    public async Task Publish_VersionTaken_IsConflictAndNothingIsAdded()
    {
        var dev = RoleName.Parse("dev");
        await Store.CreateAsync(App, dev);
        await using (var publish = await Store.BeginPublishAsync(App, [], None))
            await Refusal.OfAsync(TrustError.PublishConflict, () => publish.CommitAsync(Of(Signed(RoleName.Targets, 2), Signed(dev, 1), Signed(RoleName.Snapshot, 2), Signed(RoleName.Timestamp, 2)), None));

        Assert.Equal(1, (await Store.FindAsync(App, None))!.Timestamp.Version);
        Assert.Null(await Store.ReadAsync(App, RoleName.Targets, 2, None));
        Assert.Equal(2, (await Store.PublishNextAsync(App)).Timestamp.Version);
    }

    [Fact]
    public async Task Publish_LowerVersion_IsConflict()
    {
        await Store.CreateAsync(App);
        await Store.PublishNextAsync(App);
        await using var publish = await Store.BeginPublishAsync(App, [], None);
        await Refusal.OfAsync(TrustError.PublishConflict, () => publish.CommitAsync(Of(Signed(RoleName.Targets, 2), Signed(RoleName.Snapshot, 3), Signed(RoleName.Timestamp, 3)), None));
    }

    [Fact]
    public async Task Publish_OtherFormat_IsRefused()
    {
        await Store.CreateAsync(App);
        await using var publish = await Store.BeginPublishAsync(App, [], None);
        await Refusal.OfAsync(TrustError.RepositoryExists, () => publish.CommitAsync(Of(Signed(RoleName.Timestamp, 2)) with { Format = "notary" }, None));
    }

    [Fact]
    public async Task Case22_Fifty_PublishersAtOnce_MakeALinearHistory()
    {
        const int Publishers = 50;
        await Store.CreateAsync(App);
        var second = Database.OpenStore();

        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(i => Task.Run(() => (i % 2 == 0 ? Store : second).PublishNextAsync(App, $"by {i}"))));

        var found = await Store.FindAsync(App, None);
        Assert.Equal((Publishers + 1, Publishers + 1, Publishers + 1), (found!.Timestamp.Version, found.Snapshot.Version, found.Targets.Version));
        var publishers = new HashSet<string>();
        for (var version = 2; version <= Publishers + 1; version++)
            publishers.Add((await Store.ReadAsync(App, RoleName.Targets, version, None)).Text().Split("by ")[1]);
        Assert.Equal(Publishers, publishers.Count);
        Assert.Equal(Publishers + 1, (await Database.OpenCatalog().ReadChangesAsync(new ChangeQuery(1000) { Repository = App }, None)).Count);
    }

    [Fact]
    public async Task Publish_FirstByManyAtOnce_OneCreatesTheRepository()
    {
        var second = Database.OpenStore();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(async () =>
        {
            try
            {
                await (i % 2 == 0 ? Store : second).CreateAsync(App);
                return true;
            }
            catch (TrustException e) when (e.Error == TrustError.PublishConflict)
            {
                return false;
            }
        })));
        Assert.Single(outcomes, true);
        Assert.Equal(1, (await Store.FindAsync(App, None))!.Timestamp.Version);
    }

    [Fact]
    public async Task Stores_OnOneDatabase_SeeEachOther()
    {
        var second = Database.OpenStore();
        await Store.CreateAsync(App);
        Assert.Equal(1, (await second.FindAsync(App, None))!.Timestamp.Version);
        await second.PublishNextAsync(App);
        Assert.Equal(2, (await Store.ReadCurrentAsync(App, RoleName.Timestamp, None))!.Version);
    }

    [Fact]
    public async Task ReadByHash_FileOfAnotherRepositoryOrRole_IsNotFound()
    {
        await Store.CreateAsync(App);
        await Store.CreateAsync(Other);
        var file = Signed(RoleName.Targets, 1, App.Value);

        Assert.Equal(1, (await Store.ReadByHashAsync(App, RoleName.Targets, file.Sha256, None))!.Version);
        Assert.Null(await Store.ReadByHashAsync(Other, RoleName.Targets, file.Sha256, None));
        Assert.Null(await Store.ReadByHashAsync(App, RoleName.Snapshot, file.Sha256, None));
    }

    [Fact]
    public async Task Delete_ExactName_LeavesNeighbours()
    {
        var neighbours = new[] { "registry.example.com/team/app2", "registry.example.com/team/app/sub", "registry.example.com/team", "registry.example.com/team/ap_" }
            .Where(n => RepositoryName.TryParse(n, out _)).Select(RepositoryName.Parse).ToArray();
        foreach (var name in neighbours.Append(App))
            await Store.CreateAsync(name);

        Assert.True(await Store.DeleteAsync(App, null, "admin", None));

        Assert.Null(await Store.FindAsync(App, None));
        Assert.Null(await Store.ReadAsync(App, RoleName.Root, 1, None));
        foreach (var name in neighbours)
            Assert.NotNull((await Store.ReadCurrentSetAsync(name, None))?.Root);
        Assert.Equal(0L, Convert.ToInt64(await Database.ScalarAsync($"SELECT COUNT(*) FROM metadata_files WHERE repository_id NOT IN (SELECT id FROM repositories)"), null));
        var change = (await Database.OpenCatalog().ReadChangesAsync(new ChangeQuery(10) { Repository = App }, None))[^1];
        Assert.Equal((ChangeKind.Delete, "admin", null), (change.Kind, change.Actor, change.TimestampVersion));
    }

    [Fact]
    public async Task Delete_PublishedAgain_HasAnotherId()
    {
        var first = await Store.CreateAsync(App);
        await Store.DeleteAsync(App, null, null, None);
        Assert.NotEqual(first.Id, (await Store.CreateAsync(App)).Id);
    }

    [Fact]
    public async Task Prune_OldVersions_KeepsRootAndEverythingCurrent()
    {
        var dev = RoleName.Parse("dev");
        await Store.CreateAsync(App, dev);
        await using (var rotation = await Store.BeginPublishAsync(App, [], None))
            await rotation.CommitAsync(Of(Signed(RoleName.Root, 2), Signed(RoleName.Timestamp, 2)), None);
        await Store.PublishNextAsync(App);
        Database.Clock.Advance(TimeSpan.FromDays(10));
        await Store.PublishNextAsync(App);
        var current = await Store.ReadCurrentSetAsync(App, None);

        // Targets 1 was replaced ten days ago by 2, which was replaced only now: its readers may still be on the way.
        var removed = await Store.PruneAsync(Database.Clock.GetUtcNow() - TimeSpan.FromDays(1), 100, None);

        Assert.Equal(4, removed);
        Assert.Null(await Store.ReadAsync(App, RoleName.Targets, 1, None));
        Assert.Null(await Store.ReadAsync(App, RoleName.Snapshot, 1, None));
        Assert.Null(await Store.ReadAsync(App, RoleName.Timestamp, 2, None));
        Assert.NotNull(await Store.ReadAsync(App, RoleName.Targets, 2, None));
        Assert.NotNull(await Store.ReadAsync(App, RoleName.Root, 1, None));
        Assert.Equal(current!.Files.Values.Select(f => f.Sha256).Order(), (await Store.ReadCurrentSetAsync(App, None))!.Files.Values.Select(f => f.Sha256).Order());
        Assert.Equal(0, await Store.PruneAsync(Database.Clock.GetUtcNow() - TimeSpan.FromDays(1), 100, None));
    }

    [Fact]
    public async Task Prune_Limit_RemovesNoMoreAtOnce()
    {
        await Store.CreateAsync(App);
        for (var i = 0; i < 5; i++)
            await Store.PublishNextAsync(App);
        Database.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(7, await Store.PruneAsync(Database.Clock.GetUtcNow(), 7, None));
        Assert.Equal(8, await Store.PruneAsync(Database.Clock.GetUtcNow(), 100, None));
        Assert.Equal(6, (await Store.ReadCurrentSetAsync(App, None))!.Targets.Version);
    }

    [Fact]
    public async Task Changed_PublishAndDelete_IsRaisedBeforeTheCallerGoesOn()
    {
        var changes = new List<RepositoryChange>();
        Store.Changed += changes.Add;
        await Store.CreateAsync(App);
        await Store.DeleteAsync(App, null, null, None);
        Assert.Equal(2, changes.Count);
        Assert.Equal(4, changes[0].Files.Length);
        Assert.Null(changes[1].Repository);
    }
}
