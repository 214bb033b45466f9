using System.Text.Json.Nodes;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

/// <summary>
/// Several pins of one repository on one machine. What a run under one of them has accepted is never rolled back for another one whose
/// root lists the same keys, and a chain of other keys changes nothing.
/// </summary>
public sealed class SeveralPinsTests : IDisposable
{
    private static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");

    private readonly TestDirectory directory = new();
    private readonly RepositorySimulator repository = new(FixedTime.Start);

    private string CacheDirectory => directory[Repository.FileName];

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Refresh_UnderAPinThatWalksPastARotation_RefusesWhatAnotherPinIsPast()
    {
        var (newest, old) = PublishPastARotation();
        await RefreshAsync(newest);
        Serve(old);

        Assert.Equal("timestamp", (await Refusal.OfAsync(TrustError.VersionRollback, () => RefreshAsync(Pin(repository.FirstRoot)))).Role);
    }

    [Fact]
    public async Task Refresh_AfterARunUnderAPinThatWalksPastARotation_StillRefusesARollback()
    {
        var (newest, old) = PublishPastARotation();
        await RefreshAsync(newest);
        await RefreshAsync(Pin(repository.FirstRoot));
        Serve(old);

        Assert.Equal("timestamp", (await Refusal.OfAsync(TrustError.VersionRollback, () => RefreshAsync(newest))).Role);
    }

    [Fact]
    public async Task Refresh_AfterARunUnderAForeignPin_StillRefusesARollback()
    {
        var old = Served();
        repository.Publish(RoleName.Targets);
        await RefreshAsync(Pin(repository.FirstRoot));
        var foreign = new RepositorySimulator(FixedTime.Start);
        await RefreshAsync(Pin(foreign.FirstRoot), foreign);
        Serve(old);

        Assert.Equal("timestamp", (await Refusal.OfAsync(TrustError.VersionRollback, () => RefreshAsync(Pin(repository.FirstRoot)))).Role);
    }

    // Whoever makes a root can list public keys of others in it, under any ids; files of those others hold under it once their signatures say so.
    [Fact]
    public async Task Refresh_ForeignRootListsTheOnlineKeysUnderOtherIds_LosesNothing()
    {
        var repository = new RepositorySimulator(FixedTime.Start, listsHashes: false);
        var old = new Dictionary<string, byte[]>(repository.Files);
        repository.Publish(RoleName.Targets);
        await RefreshAsync(Pin(repository.FirstRoot), repository);
        var thief = TestKeys.New();
        var root = JsonNode.Parse(repository.FirstRoot)!["signed"]!.AsObject();
        var mirror = new MemoryMetadata { Files = { ["1.targets.json"] = old["1.targets.json"] } };
        foreach (var (role, file) in ((string, string)[])[("timestamp", "timestamp.json"), ("snapshot", "1.snapshot.json")])
        {
            var id = root["roles"]![role]!["keyids"]![0]!.GetValue<string>();
            root["keys"]![$"other {role}"] = root["keys"]![id]!.DeepClone();
            root["keys"]!.AsObject().Remove(id);
            root["roles"]![role]!["keyids"] = new JsonArray($"other {role}");
            mirror.Files[file] = MetadataCorruptor.Edit(old[file], json => json["signatures"]![0]!["keyid"] = $"other {role}");
        }
        root["roles"]!["root"]!["keyids"] = new JsonArray(thief.Describe().Id.Value);
        root["keys"]![thief.Describe().Id.Value] = JsonNode.Parse(thief.Describe().Source.GetRawText());
        await RefreshAsync(Pin(RepositoryBuilder.Sign(root, (thief.Describe().Id.Value, thief))), mirror);
        foreach (var (name, file) in old)
            repository.Files[name] = file;

        await Refusal.OfAsync(TrustError.VersionRollback, () => RefreshAsync(Pin(repository.FirstRoot), repository));
    }

    // A mirror may withhold the snapshot: the timestamp alone is what was seen.
    [Fact]
    public async Task Refresh_OtherPinSawATimestampWithoutItsSnapshot_RefusesAnOlderOneEvenAfterAKeyWasAdded()
    {
        var old = Served();
        repository.Publish(RoleName.Targets);
        var snapshot = repository.Files["2.snapshot.json"];
        repository.Files.Remove("2.snapshot.json");
        await Refusal.OfAsync(TrustError.MetadataUnknown, () => RefreshAsync(Pin(repository.FirstRoot)));
        repository.Files["2.snapshot.json"] = snapshot;
        repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [RoleName.Snapshot] = [.. repository.Signers[RoleName.Snapshot], TestKeys.New()] });
        Serve(old);

        await Refusal.OfAsync(TrustError.VersionRollback, () => RefreshAsync(Pin(repository.Files["2.root.json"])));
    }

    // ... and when a key is removed, the pair before that timestamp still counts where the keys that stay have signed it.
    [Fact]
    public async Task Refresh_SawATimestampWithoutItsSnapshotBeforeAKeyWasRemoved_RefusesWhatIsOlderThanTheLastPair()
    {
        var signer = repository.Signers[RoleName.Snapshot][0];
        repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [RoleName.Snapshot] = [signer, TestKeys.New()] });
        repository.Publish(RoleName.Targets);
        var old = Served();
        repository.Publish(RoleName.Targets);
        await RefreshAsync(Pin(repository.FirstRoot));
        repository.Publish(RoleName.Targets);
        repository.Files.Remove("4.snapshot.json");
        await Refusal.OfAsync(TrustError.MetadataUnknown, () => RefreshAsync(Pin(repository.FirstRoot)));
        repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [RoleName.Snapshot] = [signer] });
        Serve(old);

        await Refusal.OfAsync(TrustError.VersionRollback, () => RefreshAsync(Pin(repository.FirstRoot)));
    }

    // The timestamp key stays, and it signed what lists a snapshot of the thief; another pin saw it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refresh_SnapshotKeyRotatedAfterFastForward_EveryPinAcceptsLowVersionsAgain(bool isSnapshotServed)
    {
        repository.Snapshot = repository.Snapshot with { Version = 1000 };
        repository.WriteSnapshot();
        repository.Timestamp = repository.Timestamp with { Version = 1000 };
        repository.WriteTimestamp();
        if (!isSnapshotServed)
            repository.Files.Remove("1000.snapshot.json");
        _ = await Record.ExceptionAsync(() => RefreshAsync(Pin(repository.FirstRoot)));
        repository.Rotate(RoleName.Snapshot);
        repository.Snapshot = repository.Snapshot with { Version = 2 };
        repository.WriteSnapshot();
        repository.Timestamp = repository.Timestamp with { Version = 2 };
        repository.WriteTimestamp();

        Assert.Equal(2, (await RefreshAsync(Pin(repository.Files["2.root.json"]))).Snapshot.Metadata.Signed.Version);
        Assert.Equal(2, (await RefreshAsync(Pin(repository.FirstRoot))).Snapshot.Metadata.Signed.Version);
    }

    // One timestamp and one snapshot for all pins is what older versions of this program kept.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Refresh_CacheOfAnOlderVersion_ForgetsNothing(bool isPinKnown, bool hasSnapshot)
    {
        var old = Served();
        repository.Publish(RoleName.Targets);
        var pin = Pin(repository.FirstRoot);
        Directory.CreateDirectory(CacheDirectory);
        if (isPinKnown)
            File.WriteAllBytes(Path.Combine(CacheDirectory, $"pin+{pin.CacheKey}.root.json"), repository.FirstRoot);
        File.WriteAllBytes(Path.Combine(CacheDirectory, "timestamp.json"), repository.Files["timestamp.json"]);
        if (hasSnapshot)
            File.WriteAllBytes(Path.Combine(CacheDirectory, "snapshot.json"), repository.Files["snapshot.json"]);
        Serve(old);

        await Refusal.OfAsync(TrustError.VersionRollback, () => RefreshAsync(pin));
        await Refusal.OfAsync(TrustError.VersionRollback, () => RefreshAsync(pin));
        Assert.False(File.Exists(Path.Combine(CacheDirectory, "timestamp.json")));
    }

    [Fact]
    public async Task Refresh_CacheOfAnOlderVersionBelongsToAForeignPin_IsLeftToIt()
    {
        var foreign = new RepositorySimulator(FixedTime.Start);
        Directory.CreateDirectory(CacheDirectory);
        File.WriteAllBytes(Path.Combine(CacheDirectory, "timestamp.json"), foreign.Files["timestamp.json"]);

        await RefreshAsync(Pin(repository.FirstRoot));

        Assert.Equal(foreign.Files["timestamp.json"], File.ReadAllBytes(Path.Combine(CacheDirectory, "timestamp.json")));
    }

    [Fact]
    public async Task Refresh_AfterARotation_AsksAgainOnlyForWhatChanged()
    {
        await RefreshAsync(Pin(repository.FirstRoot));
        repository.Rotate(RoleName.Timestamp, RoleName.Snapshot);
        repository.Publish();
        repository.Requests.Clear();

        await RefreshAsync(Pin(repository.FirstRoot));

        Assert.Equal(["2.root.json", "3.root.json", "timestamp.json", "2.snapshot.json"], repository.Requests);
    }

    // Pins and online keys change, mirrors show any past state with any number of the roots, and a foreign repository of the same name is used in between.
    [Fact]
    public void Refresh_PinsAndOnlineKeysChangeAtRandom_NoPinGoesBackAndNoneIsLockedOut() => Property.ForAll(25, random =>
    {
        using var history = new PinnedHistory(random);
        for (var step = 0; step < 20; step++)
            history.Step();
        history.RequireNewest();
    });

    private (RootPin Newest, Dictionary<string, byte[]> Old) PublishPastARotation()
    {
        repository.Rotate(RoleName.Timestamp, RoleName.Snapshot);
        repository.Publish(RoleName.Targets);
        var old = Served();
        repository.Publish(RoleName.Targets);
        repository.Publish(RoleName.Targets);
        return (Pin(repository.Files["2.root.json"]), old);
    }

    private Dictionary<string, byte[]> Served() => new(repository.Files);

    private void Serve(Dictionary<string, byte[]> files)
    {
        foreach (var (name, file) in files)
            repository.Files[name] = file;
    }

    private static RootPin Pin(byte[] root) => RootPin.OfFile(TufFormat.Instance, root);

    private async Task<TrustedTargets> RefreshAsync(RootPin pin, IMetadataSource? source = null)
    {
        using var trust = await RepositoryTrust.OpenAsync(Repository, pin, MetadataFormats.All, _ => source ?? repository, directory.FullPath, FixedTime.Start, CancellationToken.None);
        return await trust.StartRun(FixedTime.Start, new TrustClientOptions()).RefreshAsync(CancellationToken.None);
    }
}
