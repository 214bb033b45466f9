using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

/// <summary>One client with one cache against a Notary repository and those who change what it serves.</summary>
public sealed class NotaryClientTests
{
    private static readonly RoleName Releases = NotaryFormat.Releases;
    private static readonly RoleName Alice = RoleName.Parse("targets/alice");
    private static readonly RoleName AliceSub = RoleName.Parse("targets/alice/sub");

    private readonly NotaryRepository repository = new(FixedTime.Start);
    private readonly MemoryMetadata cache = new();

    public NotaryClientTests()
    {
        repository.Init();
        cache.Write("root.json", repository.Roots[0]);
    }

    [Fact]
    public async Task Search_TakesReleasesFirst_ThenTargets_AndNobodyElse()
    {
        Delegate(Releases, "");
        Delegate(Alice, "");
        Publish(RoleName.Targets, "both", "targets only");
        Publish(Releases, "both");
        Publish(Alice, "both", "alice only");

        Assert.Equal(Releases, (await FindAsync("both"))!.Role.Role);
        Assert.Equal(RoleName.Targets, (await FindAsync("targets only"))!.Role.Role);
        Assert.Null(await FindAsync("alice only"));
        Assert.Equal(["both", "targets only"], (await ListAsync()).Select(found => found.Path));
    }

    [Fact]
    public async Task Search_OfAPathThatReleasesMayNotSpeakFor_GoesToTargets()
    {
        Delegate(Releases, "v");
        Publish(RoleName.Targets, "w1");
        Publish(Releases, "v1", "w1");

        Assert.Equal(Releases, (await FindAsync("v1"))!.Role.Role);
        Assert.Equal(RoleName.Targets, (await FindAsync("w1"))!.Role.Role);
    }

    [Fact]
    public async Task Reading_EveryRole_BindsAChildToThePathsOfItsParent()
    {
        Delegate(Alice, "a/");
        repository.Delegate(Alice, AliceSub, TestKeys.New(), "a/b", "c/", "");
        Publish(Alice);
        Publish(AliceSub, "a/b1", "c/1", "a/x");

        var sub = (await ReadAllAsync()).Single(reading => reading.Role == AliceSub).Trusted!;

        Assert.Equal(["a/b"], sub.Paths!.Value.ToArray());
        Assert.True(sub.MaySpeakFor("a/b1"));
        Assert.False(sub.MaySpeakFor("c/1"));
        Assert.False(sub.MaySpeakFor("a/x"));
    }

    [Fact]
    public async Task RoleWithoutEnoughSignatures_IsSkippedAndNamed()
    {
        Delegate(Releases, "");
        Publish(Releases, "v1");
        Publish(RoleName.Targets, "v1");
        repository.Delegate(RoleName.Targets, Releases, TestKeys.New(), "");
        repository.Publish(repository.File(RoleName.Targets));

        var client = Client();
        var top = await client.RefreshAsync(CancellationToken.None);

        Assert.Equal(RoleName.Targets, (await client.FindAsync(top, "v1", CancellationToken.None))!.Role.Role);
        Assert.Equal(TrustError.ThresholdNotMet, client.Skipped[Releases].Error);
        var readings = await client.ReadAllRolesAsync(top, CancellationToken.None);
        Assert.Equal(TrustError.ThresholdNotMet, readings.Single(reading => reading.Role == Releases).Refusal!.Error);
    }

    [Fact]
    public async Task RoleThatExpired_IsSkipped()
    {
        Delegate(Releases, "");
        repository.Change(Releases, targets => targets with { Expires = repository.Now.AddDays(1) });
        Publish(Releases, "v1");
        Publish(RoleName.Targets, "v1");
        repository.Now = repository.Now.AddDays(2);

        Assert.Equal(RoleName.Targets, (await FindAsync("v1"))!.Role.Role);
    }

    [Fact]
    public async Task RoleThatSomebodyOnTheWayWithholdsOrChanges_IsNotSkipped()
    {
        Delegate(Releases, "");
        Publish(Releases, "v1");
        Publish(RoleName.Targets, "v1");
        var source = repository.Serve();
        var name = source.Files.Keys.Single(file => file.StartsWith("targets/releases.", StringComparison.Ordinal));

        source.Files[name] = [.. source.Files[name], (byte)'\n'];
        await Refusal.OfAsync(TrustError.LengthMismatch, () => FindAsync("v1", source));
        source.Files.Remove(name);
        await Refusal.OfAsync(TrustError.MetadataUnknown, () => FindAsync("v1", source));
    }

    [Fact]
    public async Task RoleOfAnOlderVersion_UnderANewerSnapshot_IsRefused()
    {
        Publish(RoleName.Targets, "v1");
        var older = repository.Published!;
        Publish(RoleName.Targets, "v2");
        await Client().RefreshAsync(CancellationToken.None);
        var before = cache.Read("targets.json");

        // Whoever has the server's keys lists the older file again, one version on.
        var current = repository.Published!;
        Forge(current, snapshot => snapshot with
        {
            Version = snapshot.Version + 1,
            Meta = new Dictionary<RoleName, MetaFile>(snapshot.Meta) { [RoleName.Targets] = Describe(older.Targets[RoleName.Targets].File) },
        }, out var source);
        source.Files[ListedName(RoleName.Targets, older.Targets[RoleName.Targets].File)] = older.Targets[RoleName.Targets].File.ToArray();

        await Refusal.OfAsync(TrustError.VersionRollback, () => Client(source).RefreshAsync(CancellationToken.None));
        Assert.Equal(before, cache.Read("targets.json"));
    }

    // What holds off old targets outlives the online keys and a run under a chain of somebody else.
    [Fact]
    public async Task RoleOfAnOlderVersion_AfterARunUnderAnotherPinAndARotation_IsRefused()
    {
        Publish(RoleName.Targets, "v1");
        var older = repository.Published!;
        Publish(RoleName.Targets, "v2");
        var foreign = new NotaryRepository(FixedTime.Start);
        foreign.Init();
        await RefreshPinnedAsync(repository.Roots[0], repository.Serve());
        await RefreshPinnedAsync(foreign.Roots[0], foreign.Serve());
        repository.SnapshotKey = TestKeys.New();
        repository.SetRole(RoleName.Snapshot, NotaryRepository.Describe(repository.SnapshotKey));
        repository.Root = repository.Root with { Version = 2 };
        repository.Publish(repository.RootFile());

        Forge(repository.Published!, snapshot => snapshot with
        {
            Version = snapshot.Version + 1,
            Meta = new Dictionary<RoleName, MetaFile>(snapshot.Meta) { [RoleName.Targets] = Describe(older.Targets[RoleName.Targets].File) },
        }, out var source);
        source.Files[ListedName(RoleName.Targets, older.Targets[RoleName.Targets].File)] = older.Targets[RoleName.Targets].File.ToArray();

        Assert.Equal("targets", (await Refusal.OfAsync(TrustError.VersionRollback, () => RefreshPinnedAsync(repository.Roots[0], source))).Role);
    }

    [Fact]
    public async Task SnapshotOfAnOlderVersion_IsRefused()
    {
        Publish(RoleName.Targets, "v1");
        await Client().RefreshAsync(CancellationToken.None);
        Forge(repository.Published!, snapshot => snapshot with { Version = 1 }, out var source);

        await Refusal.OfAsync(TrustError.VersionRollback, () => Client(source).RefreshAsync(CancellationToken.None));
    }

    [Fact]
    public async Task SnapshotThatDropsARole_IsAccepted()
    {
        Delegate(Alice, "");
        Publish(Alice, "v1");
        await ReadAllAsync();
        repository.Undelegate(RoleName.Targets, Alice);
        repository.Publish(repository.File(RoleName.Targets));

        Assert.Equal([RoleName.Targets], (await ReadAllAsync()).Select(reading => reading.Role));
    }

    [Fact]
    public async Task SnapshotOfAnotherRoot_IsRefused()
    {
        Forge(repository.Published!, snapshot => snapshot with
        {
            Version = 9,
            Meta = new Dictionary<RoleName, MetaFile>(snapshot.Meta) { [RoleName.Root] = Describe("other"u8.ToArray()) },
        }, out var source);

        Assert.Equal("root", (await Refusal.OfAsync(TrustError.LengthMismatch, () => Client(source).RefreshAsync(CancellationToken.None))).Role);
    }

    [Fact]
    public async Task RootOfAnotherRepository_IsRefused()
    {
        var other = new NotaryRepository(FixedTime.Start, "registry.example.com/team/other");
        other.Init();
        cache.Write("root.json", other.Roots[0]);

        await Refusal.OfAsync(TrustError.WrongRepository, () => Client(other.Serve()).RefreshAsync(CancellationToken.None));
    }

    [Fact]
    public async Task RootWithAnExpiredCertificate_IsRefused_AndTheOneAfterItIsNot()
    {
        var single = new NotaryRepository(FixedTime.Start);
        single.Certificate = RootCertificate.Create(single.RootKey, single.Name, single.Now, single.Now.AddDays(10));
        single.SetRole(RoleName.Root, single.Certificate);
        single.Init();
        cache.Write("root.json", single.Roots[0]);
        var serve = single.Serve();
        Assert.Equal("root", (await Refusal.OfAsync(TrustError.Expired, () => Client(serve, FixedTime.Start.AddDays(11)).RefreshAsync(CancellationToken.None))).Role);
        // Who only reads, in order to show or repair it, still can.
        Assert.Equal(1, (await Client(serve, FixedTime.Start.AddDays(11), ignoresExpiry: true).RefreshAsync(CancellationToken.None)).Snapshot.Root.Version);

        single.Now = single.Now.AddDays(11);
        single.Certificate = RootCertificate.Create(single.RootKey, single.Name, single.Now, single.Now.AddYears(10));
        single.SetRole(RoleName.Root, single.Certificate);
        single.Root = single.Root with { Version = 2 };
        var former = serve.Files["1.root.json"];
        var listed = NotaryFormat.Instance.Read<Root>(former, former.Length).Signed;
        single.Publish(single.RootFile((listed.Keys[listed.Roles[RoleName.Root].KeyIds[0]], single.RootKey)));

        Assert.Equal(2, (await Client(single.Serve(), single.Now).RefreshAsync(CancellationToken.None)).Snapshot.Root.Version);
    }

    private static MetaFile Describe(ReadOnlyMemory<byte> file) => new() { Length = file.Length, Hashes = FileHashes.OfSha256(file.Span) };

    private static string ListedName(RoleName role, ReadOnlyMemory<byte> file) => NotaryFormat.Instance.Rules.ListedFileName(role, Describe(file), false);

    private async Task RefreshPinnedAsync(byte[] root, IMetadataSource source)
    {
        var pinned = new PinnedCache(cache, "root.json", RootPin.OfFile(NotaryFormat.Instance, root));
        if (pinned.Read("root.json") is null)
            pinned.Write("root.json", root);
        await new TrustClient(NotaryFormat.Instance, source, pinned, FixedTime.Start, new TrustClientOptions()).RefreshAsync(CancellationToken.None);
    }

    // Signs another snapshot, and a timestamp for it, with the server's keys.
    private void Forge(TrustService.Publishing.PublishedSet set, Func<Snapshot, Snapshot> change, out MemoryMetadata source)
    {
        var snapshot = repository.SnapshotFile(change(set.Snapshot.Metadata.Signed)).Data;
        var timestamp = set.Timestamp.Metadata.Signed;
        source = repository.Serve();
        source.Files[ListedName(RoleName.Snapshot, snapshot)] = snapshot.ToArray();
        source.Files["timestamp.json"] = NotaryRepository.Sign(timestamp with { Version = timestamp.Version + 1, SnapshotMeta = Describe(snapshot) }, (NotaryRepository.Describe(repository.TimestampKey), repository.TimestampKey));
    }

    private void Delegate(RoleName role, params string[] paths)
    {
        repository.Delegate(RoleName.Targets, role, TestKeys.New(), paths);
        repository.Publish(repository.File(RoleName.Targets));
    }

    private void Publish(RoleName role, params string[] tags)
    {
        foreach (var tag in tags)
            repository.Add(role, tag);
        repository.Publish(repository.File(role));
    }

    private TrustClient Client(IMetadataSource? source = null, DateTimeOffset? now = null, bool ignoresExpiry = false) =>
        new(NotaryFormat.Instance, source ?? repository.Serve(), cache, now ?? repository.Now, new TrustClientOptions { ChecksExpiry = !ignoresExpiry }) { Repository = repository.Name };

    private async Task<FoundTarget?> FindAsync(string path, IMetadataSource? source = null)
    {
        var client = Client(source);
        return await client.FindAsync(await client.RefreshAsync(CancellationToken.None), path, CancellationToken.None);
    }

    private async Task<IReadOnlyList<FoundTarget>> ListAsync()
    {
        var client = Client();
        return await TargetListing.ReadAsync(client, await client.RefreshAsync(CancellationToken.None), CancellationToken.None);
    }

    private async Task<IReadOnlyList<RoleReading>> ReadAllAsync()
    {
        var client = Client();
        return await client.ReadAllRolesAsync(await client.RefreshAsync(CancellationToken.None), CancellationToken.None);
    }
}
