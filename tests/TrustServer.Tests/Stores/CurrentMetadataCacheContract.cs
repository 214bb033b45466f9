using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Options;
using TrustService.Server.Stores;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.Stores;

/// <summary>The cache in front of every database, with a second server that publishes to the same one.</summary>
public abstract class CurrentMetadataCacheContract(PostgresFixture? postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Fresh = CurrentMetadataCache.Freshness - TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Stale = CurrentMetadataCache.Freshness + TimeSpan.FromMilliseconds(1);
    private CountingStore counter = null!;

    protected StoreUnderTest Database { get; private set; } = null!;

    private protected IMetadataStore Store { get; private set; } = null!;

    private protected IMetadataStore OtherServer { get; private set; } = null!;

    private protected CurrentMetadataCache Cache { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Database = await StoreUnderTest.CreateAsync(postgres);
        (Store, counter) = CountingStore.Before(Database.OpenStore());
        OtherServer = Database.OpenStore();
        Cache = new CurrentMetadataCache(Store, new LimitOptions(), Database.Clock);
    }

    public async Task DisposeAsync()
    {
        Cache.Dispose();
        await Database.DisposeAsync();
    }

    [Fact]
    public async Task ReadCurrent_SecondTime_AsksNobody()
    {
        await OtherServer.CreateAsync(App);
        Assert.False(Cache.TryGetCurrent(App.Value, "tuf", RoleName.Timestamp, out _));
        Assert.Equal(1, await VersionAsync());

        Database.Clock.Advance(Fresh);

        Assert.True(Cache.TryGetCurrent(App.Value, "tuf", RoleName.Timestamp, out var file));
        Assert.Equal(1, file!.Version);
        Assert.Equal(1, counter.Calls(nameof(IMetadataStore.FindAsync)));
    }

    [Fact]
    public async Task ReadCurrent_PublishByAnotherServer_IsSeenAfterFreshness()
    {
        await OtherServer.CreateAsync(App);
        Assert.Equal(1, await VersionAsync());
        await OtherServer.PublishNextAsync(App);
        Assert.Equal(1, await VersionAsync());

        Database.Clock.Advance(Stale);

        Assert.False(Cache.TryGetCurrent(App.Value, "tuf", RoleName.Timestamp, out _));
        Assert.Equal(2, await VersionAsync());
        Assert.Equal("targets 2 ", (await Cache.ReadCurrentAsync(App, RoleName.Targets, None)).Text());
    }

    [Fact]
    public async Task Forget_AfterAPublishByAnotherServer_LetsTheNextReaderSeeIt()
    {
        await OtherServer.CreateAsync(App);
        Assert.Equal(1, await VersionAsync());
        await OtherServer.PublishNextAsync(App);

        Cache.Forget(App);

        Assert.False(Cache.TryGetCurrent(App.Value, "tuf", RoleName.Timestamp, out _));
        Assert.Equal(2, await VersionAsync());
    }

    [Fact]
    public async Task ReadCurrent_PublishByThisServer_IsSeenAtOnce()
    {
        await Store.CreateAsync(App);
        Assert.True(Cache.TryGetCurrent(App.Value, "tuf", RoleName.Root, out var root));
        Assert.Equal(1, root!.Version);
        await Store.PublishNextAsync(App);
        Assert.Equal(2, await VersionAsync());
        Assert.Equal(0, counter.Calls(nameof(IMetadataStore.FindAsync)));
    }

    [Fact]
    public async Task ReadCurrent_DeletedByThisServer_IsGoneAtOnce()
    {
        await Store.CreateAsync(App);
        Assert.Equal(1, await VersionAsync());
        await Store.DeleteAsync(App, null, null, None);
        Assert.True(Cache.TryGetCurrent(App.Value, "tuf", RoleName.Timestamp, out var file));
        Assert.Null(file);
        Assert.Null(await Cache.ReadAsync(App, RoleName.Root, 1, None));
    }

    [Fact]
    public async Task Read_DeletedAndPublishedAgainByAnotherServer_IsTheNewFile()
    {
        await OtherServer.CreateAsync(App);
        Assert.Equal($"root 1 {App}", (await Cache.ReadAsync(App, RoleName.Root, 1, None)).Text());
        await OtherServer.DeleteAsync(App, null, null, None);
        await using (var publish = await OtherServer.BeginPublishAsync(App, [], None))
            await publish.CommitAsync(Of([.. TopLevel.Select(r => Signed(r, 1, "new"))]), None);
        Database.Clock.Advance(Stale);
        Assert.Equal("root 1 new", (await Cache.ReadAsync(App, RoleName.Root, 1, None)).Text());
    }

    [Fact]
    public async Task ReadCurrent_UnknownRepository_IsRememberedForFreshnessOnly()
    {
        Assert.Null(await Cache.ReadCurrentAsync(App, RoleName.Timestamp, None));
        Assert.Null(await Cache.ReadCurrentAsync(App, RoleName.Root, None));
        Assert.Equal(1, counter.Calls(nameof(IMetadataStore.FindAsync)));
        await OtherServer.CreateAsync(App);
        Database.Clock.Advance(Stale);
        Assert.Equal(1, await VersionAsync());
    }

    [Fact]
    public async Task Read_RootBehindTheCurrentOne_AsksNobody()
    {
        await Store.CreateAsync(App);
        Assert.Null(await Cache.ReadAsync(App, RoleName.Root, 2, None));
        Assert.Equal(0, counter.Calls(nameof(IMetadataStore.ReadAsync)) + counter.Calls(nameof(IMetadataStore.FindAsync)));
    }

    [Fact]
    public async Task Read_VersionThatAnotherServerPublished_IsFoundAtOnce()
    {
        Assert.Null(await Cache.ReadAsync(App, RoleName.Targets, 1, None));
        await OtherServer.CreateAsync(App);
        Assert.Equal("targets 1 " + App, (await Cache.ReadAsync(App, RoleName.Targets, 1, None)).Text());
        await OtherServer.PublishNextAsync(App);
        Assert.Equal(2, (await Cache.ReadAsync(App, RoleName.Snapshot, 2, None))!.Version);
        Assert.Equal(2, await VersionAsync());
    }

    [Fact]
    public async Task ReadByHash_FileOfAnotherRepository_IsNotFound()
    {
        await OtherServer.CreateAsync(App);
        await OtherServer.CreateAsync(Other);
        var sha256 = Signed(RoleName.Targets, 1, App.Value).Sha256;
        Assert.Equal(1, (await Cache.ReadByHashAsync(App, RoleName.Targets, sha256, None))!.Version);
        Assert.Null(await Cache.ReadByHashAsync(Other, RoleName.Targets, sha256, None));
        Assert.Null(await Cache.ReadByHashAsync(App, RoleName.Root, sha256, None));
        Assert.NotNull(await Cache.ReadByHashAsync(App, RoleName.Targets, sha256, None));
        Assert.Equal(3, counter.Calls(nameof(IMetadataStore.ReadByHashAsync)));
    }

    [Fact]
    public async Task ReadCurrent_ManyReadersAtOnce_AskOnce()
    {
        await OtherServer.CreateAsync(App);
        var versions = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => VersionAsync()));
        Assert.All(versions, v => Assert.Equal(1, v));
        Assert.Equal(1, counter.Calls(nameof(IMetadataStore.FindAsync)));
    }

    [Fact]
    public async Task ReadCurrent_DelegatedRole_IsReadFromTheStore()
    {
        var dev = RoleName.Parse("dev");
        await OtherServer.CreateAsync(App, dev);
        Assert.Equal(1, (await Cache.ReadCurrentAsync(App, dev, None))!.Version);
        Assert.Equal(1, (await Cache.ReadAsync(App, dev, 1, None))!.Version);
        Assert.Null(await Cache.ReadAsync(App, dev, 2, None));
    }

    [Fact]
    public async Task Cache_RandomNames_StaysBounded()
    {
        for (var i = 0; i < CurrentMetadataCache.MaxUnknown + 500; i++)
            Assert.Null(await Cache.ReadCurrentAsync(RepositoryName.Parse($"registry.example.com/random/n{i}"), RoleName.Timestamp, None));
        Assert.InRange(Cache.UnknownCount, 1, CurrentMetadataCache.MaxUnknown);
    }

    [Fact]
    public async Task ReadCurrent_TwoServersPublishAndRead_NeverGoBackAndCatchUpWithinASecond()
    {
        using var cache = new CurrentMetadataCache(Store, new LimitOptions(), TimeProvider.System);
        await Store.CreateAsync(App);
        const int Publishes = 60;
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < Publishes; i++)
                await (i % 3 == 0 ? Store : OtherServer).PublishNextAsync(App);
        });
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var doneAt = TimeSpan.MaxValue;
        for (long version = 0; version < Publishes + 1;)
        {
            if (publishing.IsCompleted && doneAt == TimeSpan.MaxValue)
                doneAt = watch.Elapsed;
            Assert.True(doneAt == TimeSpan.MaxValue || watch.Elapsed - doneAt < TimeSpan.FromSeconds(1), "The last publish was not seen within a second.");
            var seen = (await cache.ReadCurrentAsync(App, RoleName.Timestamp, None))!.Version;
            Assert.True(seen >= version, $"Version {seen} was served after {version}.");
            version = seen;
        }
        await publishing;
    }

    private protected async Task<long> VersionAsync() => (await Cache.ReadCurrentAsync(App, RoleName.Timestamp, None))!.Version;

    private protected async Task<TrustException> RefusedAsync() =>
        await Refusal.OfAsync(TrustError.StoreUnavailable, async () => await Cache.ReadCurrentAsync(App, RoleName.Timestamp, None));

    private protected void LetItGetStale() => Database.Clock.Advance(Stale);
}
