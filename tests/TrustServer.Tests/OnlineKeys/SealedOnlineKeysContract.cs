using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Options;
using TrustService.Server.Stores;
using TrustService.Server.Tests.Stores;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.OnlineKeys;

/// <summary>What online keys must do on every database.</summary>
public abstract class SealedOnlineKeysContract(PostgresFixture? postgres) : IAsyncLifetime
{
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(MasterKey.Length);

    protected StoreUnderTest Database { get; private set; } = null!;

    private protected SealedOnlineKeys Keys { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Database = await StoreUnderTest.CreateAsync(postgres);
        Keys = OpenServer();
    }

    public async Task DisposeAsync() => await Database.DisposeAsync();

    [Fact]
    public async Task GetOrCreatePending_CalledAgainByAnyServer_IsTheSameKey()
    {
        var first = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        Assert.Equal(SignatureScheme.EcdsaP256Sha256, first.Scheme);
        Assert.Equal(OnlineKeyState.Pending, first.State);
        Assert.Equal(Hex.Encode(SHA256.HashData(first.Material.Span)), first.Fingerprint);

        Assert.Equal(first, await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None));
        Assert.Equal(first, await OpenServer().GetOrCreatePendingAsync(App, RoleName.Timestamp, None));
        Assert.NotEqual(first.Fingerprint, (await Keys.GetOrCreatePendingAsync(App, RoleName.Snapshot, None)).Fingerprint);
        Assert.NotEqual(first.Fingerprint, (await Keys.GetOrCreatePendingAsync(Other, RoleName.Timestamp, None)).Fingerprint);
        Assert.Null(await Keys.FindActiveAsync(App, RoleName.Timestamp, None));
    }

    [Fact]
    public async Task GetOrCreatePending_ManyAtOnce_IsOneKey()
    {
        var second = OpenServer();
        var keys = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => (i % 2 == 0 ? Keys : second).GetOrCreatePendingAsync(App, RoleName.Timestamp, None))));
        Assert.Single(keys.Select(k => k.Fingerprint).Distinct());
        Assert.Single(await Keys.ListAsync(App, RoleName.Timestamp, None));
    }

    [Fact]
    public async Task FindSigner_AfterRestart_SignsWithTheSameKey()
    {
        var key = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        var payload = "payload"u8.ToArray();

        var signer = await OpenServer().FindSignerAsync(App, RoleName.Timestamp, ["00", key.Fingerprint], null, None);

        var listed = new PublicKey { Id = new KeyId("id"), Scheme = key.Scheme, Material = key.Material, Source = default };
        Assert.True(SignatureVerifier.Verify(listed, payload, signer!.Sign(payload)));
        Assert.Equal(key.Material.ToArray(), signer.Material.ToArray());
    }

    [Fact]
    public async Task FindSigner_KeyOfAnotherRepositoryOrRole_IsNull()
    {
        var key = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        Assert.NotNull(await Keys.FindSignerAsync(App, RoleName.Timestamp, [key.Fingerprint], null, None));
        Assert.Null(await Keys.FindSignerAsync(Other, RoleName.Timestamp, [key.Fingerprint], null, None));
        Assert.Null(await Keys.FindSignerAsync(App, RoleName.Snapshot, [key.Fingerprint], null, None));
        Assert.Null(await Keys.FindSignerAsync(App, RoleName.Timestamp, [], null, None));
        await Assert.ThrowsAsync<ArgumentException>(() => Keys.GetOrCreatePendingAsync(App, RoleName.Targets, None));
    }

    [Fact]
    public async Task Publish_RootListsKeys_ActivatesThemAndRetiresFormerOnes()
    {
        var store = Database.OpenStore();
        var first = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        await PublishRootAsync(store, 1, first.Fingerprint);
        Assert.Equal(first.Fingerprint, (await Keys.FindActiveAsync(App, RoleName.Timestamp, None))!.Fingerprint);

        var second = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        await PublishRootAsync(store, 2, second.Fingerprint, new string('0', 64));

        Assert.Equal(
            [(second.Fingerprint, OnlineKeyState.Active), (first.Fingerprint, OnlineKeyState.Retired)],
            (await Keys.ListAsync(App, RoleName.Timestamp, None)).Select(k => (k.Fingerprint, k.State)));
        Assert.Null(await OpenServer().FindSignerAsync(App, RoleName.Timestamp, [first.Fingerprint], null, None));
    }

    [Fact]
    public async Task Delete_Repository_RemovesItsKeysAndNoOthers()
    {
        var store = Database.OpenStore();
        var key = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        await Keys.GetOrCreatePendingAsync(Other, RoleName.Timestamp, None);
        await PublishRootAsync(store, 1, key.Fingerprint);
        await store.DeleteAsync(App, null, null, None);
        Assert.Empty(await Keys.ListAsync(App, RoleName.Timestamp, None));
        Assert.Single(await Keys.ListAsync(Other, RoleName.Timestamp, None));
    }

    [Fact]
    public async Task FindSigner_OtherMasterKey_IsRefusedAndSaysWhy()
    {
        var key = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        using var foreign = new MasterKey(RandomNumberGenerator.GetBytes(MasterKey.Length));
        var stranger = new SealedOnlineKeys(Database.OpenDatabase(), foreign, new LimitOptions(), Database.Clock);

        var refusal = await Refusal.OfAsync(TrustError.OnlineKeyUnavailable, () => stranger.FindSignerAsync(App, RoleName.Timestamp, [key.Fingerprint], null, None));

        Assert.Contains(foreign.Id, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("rotate", refusal.Hint, StringComparison.Ordinal);
        Assert.Equal("timestamp", refusal.Role);
    }

    [Fact]
    public async Task GetOrCreatePending_SealedUnderALostMasterKey_IsReplacedByOneThatOpens()
    {
        var lost = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        using var master = new MasterKey(RandomNumberGenerator.GetBytes(MasterKey.Length));
        var server = new SealedOnlineKeys(Database.OpenDatabase(), master, new LimitOptions(), Database.Clock);

        var key = await server.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);

        Assert.NotEqual(lost.Fingerprint, key.Fingerprint);
        Assert.Equal(key, Assert.Single(await server.ListAsync(App, RoleName.Timestamp, None)));
        Assert.NotNull(await server.FindSignerAsync(App, RoleName.Timestamp, [key.Fingerprint], null, None));
    }

    [Fact]
    public async Task FindSigner_OneOfTwoListedKeysCannotBeOpened_IsTheOther()
    {
        var good = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        await PublishRootAsync(Database.OpenStore(), 1, good.Fingerprint);
        using var master = new MasterKey(RandomNumberGenerator.GetBytes(MasterKey.Length));
        var foreign = await new SealedOnlineKeys(Database.OpenDatabase(), master, new LimitOptions(), Database.Clock).GetOrCreatePendingAsync(App, RoleName.Timestamp, None);

        var signer = await Keys.FindSignerAsync(App, RoleName.Timestamp, [foreign.Fingerprint, good.Fingerprint], null, None);

        Assert.Equal(good.Material.ToArray(), signer!.Material.ToArray());
    }

    [Fact]
    public async Task FindSigner_SealedKeyMovedToAnotherRow_IsRefused()
    {
        var key = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        await Database.ScalarAsync($"UPDATE online_keys SET repository = '{Other}'");
        await Refusal.OfAsync(TrustError.OnlineKeyUnavailable, () => OpenServer().FindSignerAsync(Other, RoleName.Timestamp, [key.Fingerprint], null, None));
    }

    [Fact]
    public async Task Case57_StolenDatabase_HoldsNoPrivateKey()
    {
        var key = await Keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        var signer = (IExportableKey)(await Keys.FindSignerAsync(App, RoleName.Timestamp, [key.Fingerprint], null, None))!;
        var copy = await DumpAsync();
        Assert.True(copy.AsSpan().IndexOf(key.Material.Span) >= 0, "The dump should hold the public key.");

        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(signer.ExportPkcs8(), out _);
        foreach (var stolen in new[] { ecdsa.ExportParameters(true).D!, secret, Encoding.ASCII.GetBytes(Convert.ToBase64String(secret)), Encoding.ASCII.GetBytes(Hex.Encode(secret)) })
            Assert.True(copy.AsSpan().IndexOf(stolen) < 0);
    }

    [Fact]
    public async Task GetOrCreatePending_TooManyUnpublishedRepositories_IsRefusedUntilTheyAreOld()
    {
        var keys = OpenServer(new LimitOptions { MaxPendingOnlineKeys = 3 });
        for (var i = 0; i < 3; i++)
            await keys.GetOrCreatePendingAsync(RepositoryName.Parse($"registry.example.com/random/n{i}"), RoleName.Timestamp, None);

        await Refusal.OfAsync(TrustError.RateLimited, () => keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None));
        Assert.Empty(await keys.ListAsync(App, RoleName.Timestamp, None));

        Database.Clock.Advance(SealedOnlineKeys.PendingLifetime + TimeSpan.FromMinutes(1));
        Assert.NotNull(await keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None));
    }

    [Fact]
    public async Task GetOrCreatePending_PublishedRepositories_DoNotCountAgainstTheLimit()
    {
        var keys = OpenServer(new LimitOptions { MaxPendingOnlineKeys = 2 });
        await Database.OpenStore().CreateAsync(App);
        await keys.GetOrCreatePendingAsync(App, RoleName.Timestamp, None);
        await keys.GetOrCreatePendingAsync(App, RoleName.Snapshot, None);
        await keys.GetOrCreatePendingAsync(Other, RoleName.Timestamp, None);
        Assert.NotNull(await keys.GetOrCreatePendingAsync(Other, RoleName.Snapshot, None));
    }

    private protected abstract Task<byte[]> DumpAsync();

    private protected SealedOnlineKeys OpenServer(LimitOptions? limits = null) =>
        new(Database.OpenDatabase(), new MasterKey(secret), limits ?? new LimitOptions(), Database.Clock);

    private static async Task PublishRootAsync(MetadataStore store, long version, params string[] fingerprints)
    {
        await using var publish = await store.BeginPublishAsync(App, [], None);
        await publish.CommitAsync(Of([.. TopLevel.Select(r => Signed(r, version))]) with { RootOnlineKeys = [.. fingerprints] }, None);
    }
}
