using System.Text;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Publishing;

/// <summary>What a server takes from Notary's and Docker's clients, and what it refuses.</summary>
public sealed class NotaryPublishingTests
{
    private static readonly RoleName Releases = NotaryFormat.Releases;
    private static readonly RoleName Alice = RoleName.Parse("targets/alice");
    private static readonly RoleName AliceSub = RoleName.Parse("targets/alice/sub");

    private readonly NotaryRepository repository = new(FixedTime.Start);

    [Fact]
    public void First_ServerHeldSnapshot_IsSignedByTheServer()
    {
        var candidate = repository.Init();

        Assert.Equal(["root", "targets", "snapshot", "timestamp"], candidate.NewFiles.Select(file => file.Role.Value));
        Assert.Equal(["root", "targets"], Listed());
        var entry = repository.Published!.Snapshot.Metadata.Signed.Meta[RoleName.Targets];
        Assert.Equal(["sha256", "sha512"], entry.Hashes!.Values.Select(hash => hash.Algorithm));
    }

    [Fact]
    public void First_OwnersSnapshot_IsTakenAsItIs()
    {
        repository.ServerHoldsSnapshot = false;
        var (root, targets) = (repository.RootFile(), repository.File(RoleName.Targets));
        var snapshot = repository.SnapshotFile(7, root, targets);

        var candidate = repository.Publish(root, targets, snapshot);

        Assert.Equal(snapshot.Data.ToArray(), candidate.NewFiles.Single(file => file.Role == RoleName.Snapshot).Data.ToArray());
    }

    [Fact]
    public void First_WithoutTargetsOrRoot_IsRefused()
    {
        Refusal.Of(TrustError.RepositoryUnknown, () => repository.Publish(repository.RootFile()));
        Refusal.Of(TrustError.RepositoryUnknown, () => repository.Publish(repository.File(RoleName.Targets)));
        Refusal.Of(TrustError.RepositoryUnknown, () => repository.Publish());
    }

    [Fact]
    public void NoSnapshotKey_AndNoSnapshot_IsRefused()
    {
        repository.ServerHoldsSnapshot = false;
        repository.Init();
        repository.Add(RoleName.Targets, "v1");

        Assert.Equal("snapshot", Refusal.Of(TrustError.OnlineKeyUnavailable, () => repository.Publish(repository.File(RoleName.Targets))).Role);
    }

    [Fact]
    public void WithoutFiles_SnapshotAndTimestampAreNew_AndTheRestStays()
    {
        repository.Init();

        var candidate = repository.Publish();

        Assert.Equal([("snapshot", 2L), ("timestamp", 2L)], candidate.NewFiles.Select(file => (file.Role.Value, file.Version)));
    }

    [Fact]
    public void WithoutFiles_OwnersSnapshot_TimestampAloneIsNew()
    {
        repository.ServerHoldsSnapshot = false;
        repository.Init();

        Assert.Equal(["timestamp"], repository.Publish().NewFiles.Select(file => file.Role.Value));
        Assert.Equal(["timestamp"], CandidateSet.OfRenewal(repository.Published!, true, repository.Online, repository.Rules, repository.Now).NewFiles.Select(file => file.Role.Value));
    }

    [Fact]
    public void SameFileAgain_IsAConflict()
    {
        repository.Init();

        Refusal.Of(TrustError.PublishConflict, () => repository.Publish(repository.File(RoleName.Targets)));
        Refusal.Of(TrustError.PublishConflict, () => repository.Publish(new UploadedFile(RoleName.Root, repository.Roots[0])));
    }

    [Fact]
    public void VersionAtOnceFarAhead_IsRefused()
    {
        repository.Init();
        repository.Change(RoleName.Targets, targets => targets with { Version = int.MaxValue });

        Refusal.Of(TrustError.VersionJump, () => repository.Publish(repository.File(RoleName.Targets)));
    }

    [Fact]
    public void PrettyPrinted_IsPublishedByteForByte_AndVerifies()
    {
        repository.Init();
        repository.Add(RoleName.Targets, "v<1>");
        var pretty = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(repository.File(RoleName.Targets).Data.Span).Replace(",", " ,\n  ", StringComparison.Ordinal));

        var candidate = repository.Publish(new UploadedFile(RoleName.Targets, pretty));

        Assert.Equal(pretty, candidate.NewFiles.Single(file => file.Role == RoleName.Targets).Data.ToArray());
    }

    [Fact]
    public async Task Delegations_AreListed_AndReadByAClient()
    {
        Sign(Releases, "v1");
        Sign(Alice, "v1");

        Assert.Equal(["root", "targets", "targets/alice", "targets/releases"], Listed());
        Assert.Equal(Releases, (await FindAsync("v1"))!.Role.Role);
    }

    [Fact]
    public void Delegation_ThatNobodyNames_IsRefused()
    {
        repository.Init();
        repository.Delegates[Alice] = TestKeys.New();
        repository.Add(Alice, "v1");

        Assert.Equal("targets/alice", Refusal.Of(TrustError.RoleNotListed, () => repository.Publish(repository.File(Alice))).Role);
    }

    [Fact]
    public void Delegation_SignedByAnotherKey_IsRefused()
    {
        Sign(Alice, "v1");
        repository.Delegates[Alice] = TestKeys.New();
        repository.Add(Alice, "v2");

        Assert.Equal("targets/alice", Refusal.Of(TrustError.ThresholdNotMet, () => repository.Publish(repository.File(Alice))).Role);
    }

    [Fact]
    public async Task RemovedDelegation_LeavesTheSnapshot_AndReturnsWhereItStopped()
    {
        Sign(Alice, "v1");
        Sign(Releases, "v1");
        repository.Undelegate(RoleName.Targets, Alice);
        repository.Publish(repository.File(RoleName.Targets));
        Assert.Equal(["root", "targets", "targets/releases"], Listed());

        repository.Delegate(RoleName.Targets, Alice, repository.Delegates[Alice], "");
        repository.Publish(repository.File(RoleName.Targets));

        Assert.Equal(["root", "targets", "targets/alice", "targets/releases"], Listed());
        repository.Add(Alice, "v2");
        repository.Publish(repository.File(Alice));
        Assert.NotNull(await FindAsync("v1"));
    }

    [Fact]
    public void RemovedDelegation_TakesItsOwnWithIt()
    {
        Sign(Alice, "v1");
        repository.Delegate(Alice, AliceSub, TestKeys.New(), "");
        repository.Publish(repository.File(Alice));
        repository.Add(AliceSub, "sub");
        repository.Publish(repository.File(AliceSub));
        Assert.Contains("targets/alice/sub", Listed());

        repository.Undelegate(RoleName.Targets, Alice);
        repository.Publish(repository.File(RoleName.Targets));

        Assert.Equal(["root", "targets"], Listed());
    }

    [Fact]
    public async Task RemovedKey_LeavesAFileThatBlocksNobody_UntilItIsWitnessed()
    {
        Sign(Alice, "v1");
        var other = TestKeys.New();
        repository.Delegate(RoleName.Targets, Alice, other, "");
        repository.Publish(repository.File(RoleName.Targets));
        repository.Add(RoleName.Targets, "v2");
        repository.Publish(repository.File(RoleName.Targets));
        Assert.Contains("targets/alice", Listed());
        Assert.NotNull(await FindAsync("v2"));

        // The same content, one version on, by the new key.
        repository.Change(Alice, targets => targets);
        repository.Publish(repository.File(Alice));

        var client = Client();
        var roles = await client.ReadAllRolesAsync(await client.RefreshAsync(CancellationToken.None), CancellationToken.None);
        Assert.Contains("v1", roles.Single(role => role.Role == Alice).Trusted!.Metadata.Signed.TargetFiles.Keys);
    }

    [Fact]
    public async Task Delegation_LeftWithoutAKey_IsTaken_AndNobodySpeaksForIt()
    {
        Sign(Alice, "v1");
        repository.Change(RoleName.Targets, targets => targets with
        {
            Delegations = targets.Delegations! with { Roles = [targets.Delegations.Roles[0] with { RoleKeys = new RoleKeys { KeyIds = [], Threshold = 1 } }] },
        });
        repository.Add(RoleName.Targets, "v2");

        repository.Publish(repository.File(RoleName.Targets));

        Assert.Null(await FindAsync("v1"));
        Assert.NotNull(await FindAsync("v2"));
        repository.Add(Alice, "v3");
        Assert.Equal("targets/alice", Refusal.Of(TrustError.ThresholdNotMet, () => repository.Publish(repository.File(Alice))).Role);
    }

    [Fact]
    public void ServersSnapshot_NewOrRenewed_OutlivesTheTimeInWhichClientsWarn()
    {
        repository.Init();
        var expected = repository.Now + repository.Rules.SnapshotLifetime + NotaryFormat.Instance.Rules.SnapshotWarning;

        Assert.Equal(expected, repository.Published!.Snapshot.Metadata.Signed.Expires);
        Assert.Equal(expected, CandidateSet.OfRenewal(repository.Published, true, repository.Online, repository.Rules, repository.Now).Set.Snapshot.Metadata.Signed.Expires);
        Assert.True(expected - repository.Rules.SnapshotLifetime > repository.Now.AddMonths(6));
    }

    [Fact]
    public async Task RootRotation_WithSnapshotToTheServerAndBack_ClientsFollow()
    {
        repository.ServerHoldsSnapshot = false;
        repository.Init();
        var cache = new MemoryMetadata();
        cache.Write("root.json", repository.Roots[0]);
        await Client(cache).RefreshAsync(CancellationToken.None);

        (repository.SnapshotKey, repository.ServerHoldsSnapshot) = (TestKeys.New(), true);
        RotateTo(RoleName.Snapshot, NotaryRepository.Describe(repository.SnapshotKey));
        repository.Publish(repository.RootFile());
        await Client(cache).RefreshAsync(CancellationToken.None);

        (repository.SnapshotKey, repository.ServerHoldsSnapshot) = (TestKeys.New(), false);
        RotateTo(RoleName.Snapshot, NotaryRepository.Describe(repository.SnapshotKey));
        var root = repository.RootFile();
        repository.Publish(root, repository.SnapshotFile(repository.Published!.Snapshot.Metadata.Signed.Version + 1, root));
        var top = await Client(cache).RefreshAsync(CancellationToken.None);

        Assert.Equal((3L, 3L), (top.Snapshot.Root.Version, top.Snapshot.Metadata.Signed.Version));
    }

    [Fact]
    public void RootRotation_OfTheRootKey_NeedsBothSignatures()
    {
        repository.Init();
        var (oldCertificate, oldKey) = (repository.Certificate, repository.RootKey);
        NewRootKey();

        Assert.Equal("root", Refusal.Of(TrustError.ThresholdNotMet, () => repository.Publish(repository.RootFile())).Role);
        Assert.Equal(2, repository.Publish(repository.RootFile((oldCertificate, oldKey))).Set.Root.Version);
    }

    [Fact]
    public void RootRotation_ByAnExpiredCertificate_Counts()
    {
        repository.Certificate = RootCertificate.Create(repository.RootKey, repository.Name, repository.Now, repository.Now.AddYears(1));
        repository.SetRole(RoleName.Root, repository.Certificate);
        repository.Init();
        repository.Now = repository.Now.AddYears(2);
        var (oldCertificate, oldKey) = (repository.Certificate, repository.RootKey);
        Refusal.Of(TrustError.Expired, () => repository.Publish());
        NewRootKey();

        Assert.Equal(2, repository.Publish(repository.RootFile((oldCertificate, oldKey))).Set.Root.Version);
    }

    [Fact]
    public void RootVersions_OtherThanTheNext_AreRefused()
    {
        repository.Init();
        repository.Root = repository.Root with { Version = 3 };

        Refusal.Of(TrustError.VersionMismatch, () => repository.Publish(repository.RootFile()));
    }

    [Fact]
    public void Root_OfAnotherRepository_IsRefused()
    {
        repository.Certificate = RootCertificate.Create(repository.RootKey, Gun.Parse("registry.example.com/team/other"), repository.Now, repository.Now.AddYears(10));
        repository.SetRole(RoleName.Root, repository.Certificate);

        Assert.Equal("root", Refusal.Of(TrustError.WrongRepository, () => repository.Init()).Role);
    }

    [Fact]
    public void Root_WithABarePublicKey_IsRefused()
    {
        repository.Certificate = NotaryRepository.Describe(repository.RootKey);
        repository.SetRole(RoleName.Root, repository.Certificate);

        Refusal.Of(TrustError.UnacceptableKey, () => repository.Init());
    }

    [Fact]
    public void Root_WithAnotherTimestampKey_IsRefused()
    {
        repository.SetRole(RoleName.Timestamp, NotaryRepository.Describe(TestKeys.New()));

        Refusal.Of(TrustError.IncompleteRoot, () => repository.Init());
    }

    [Fact]
    public void OwnersSnapshot_ThatPointsBack_IsRefused()
    {
        repository.ServerHoldsSnapshot = false;
        repository.Init();
        var old = repository.Published!.Snapshot.Metadata.Signed;
        Publish("v1");

        Assert.Equal("snapshot", Refusal.Of(TrustError.HashMismatch, () => repository.Publish(repository.SnapshotFile(old with { Version = 9 }))).Role);
        Refusal.Of(TrustError.PublishConflict, () => repository.Publish(repository.SnapshotFile(1)));
    }

    [Fact]
    public void OwnersSnapshot_ThatHidesARole_OrInventsOne_IsRefused()
    {
        repository.ServerHoldsSnapshot = false;
        repository.Init();
        repository.Delegate(RoleName.Targets, Releases, TestKeys.New(), "");
        Publish(null);
        repository.Add(Releases, "v1");
        var file = repository.File(Releases);
        repository.Publish(file, repository.SnapshotFile(repository.Published!.Snapshot.Metadata.Signed.Version + 1, file));
        var current = repository.Published!.Snapshot.Metadata.Signed;

        var without = new Dictionary<RoleName, MetaFile>(current.Meta);
        without.Remove(Releases);
        Refusal.Of(TrustError.RoleNotListed, () => repository.Publish(repository.SnapshotFile(current with { Version = 20, Meta = without })));
        var with = new Dictionary<RoleName, MetaFile>(current.Meta) { [Alice] = current.Meta[Releases] };
        Refusal.Of(TrustError.MetadataUnknown, () => repository.Publish(repository.SnapshotFile(current with { Version = 20, Meta = with })));
    }

    [Fact]
    public void OwnersSnapshot_ByTheFormerKey_IsRefused()
    {
        repository.ServerHoldsSnapshot = false;
        repository.Init();
        var former = repository.SnapshotKey;
        (repository.SnapshotKey, repository.ServerHoldsSnapshot) = (TestKeys.New(), true);
        RotateTo(RoleName.Snapshot, NotaryRepository.Describe(repository.SnapshotKey));
        repository.Publish(repository.RootFile());
        var meta = repository.Published!.Snapshot.Metadata.Signed;

        var forged = new UploadedFile(RoleName.Snapshot, NotaryRepository.Sign(meta with { Version = 9 }, (NotaryRepository.Describe(former), former)));
        Assert.Equal("snapshot", Refusal.Of(TrustError.ThresholdNotMet, () => repository.Publish(forged)).Role);
    }

    [Fact]
    public void Recalled_FromItsFiles_IsTheSameSet_AndRoleNotInSnapshotKeepsItsVersion()
    {
        Sign(Alice, "v1");
        repository.Undelegate(RoleName.Targets, Alice);
        repository.Publish(repository.File(RoleName.Targets));
        var set = repository.Published!;
        var files = set.Targets.ToDictionary(file => file.Key, file => file.Value.File);
        foreach (var role in (RoleName[])[RoleName.Root, RoleName.Snapshot, RoleName.Timestamp])
            files[role] = set.File(role)!.Value;

        var recalled = PublishedSet.Recall(NotaryFormat.Instance, files, Verification());

        Assert.Equal(set.Versions(), recalled.Versions());
        Assert.Equal(1, recalled.TargetsVersion(Alice));
        files[RoleName.Snapshot] = repository.SnapshotFile(set.Snapshot.Metadata.Signed with { Version = 9 }).Data;
        Refusal.Of(TrustError.StoreDamaged, () => PublishedSet.Recall(NotaryFormat.Instance, files, Verification()));
    }

    private static TrustService.Verification.VerificationLimits Verification() => TrustService.Verification.VerificationLimits.Default;

    private List<string> Listed() => [.. repository.Published!.Snapshot.Metadata.Signed.Meta.Keys.Select(role => role.Value).Order(StringComparer.Ordinal)];

    // Adds a target to a delegated role that is new or known, as a signer does.
    private void Sign(RoleName role, string tag)
    {
        if (repository.Published is null)
            repository.Init();
        if (!repository.Delegates.ContainsKey(role))
        {
            repository.Delegate(RoleName.Targets, role, TestKeys.New(), "");
            repository.Publish(repository.File(RoleName.Targets));
        }
        repository.Add(role, tag);
        repository.Publish(repository.File(role));
    }

    private void Publish(string? tag)
    {
        if (tag is not null)
            repository.Add(RoleName.Targets, tag);
        var file = repository.File(RoleName.Targets);
        repository.Publish(file, repository.SnapshotFile(repository.Published!.Snapshot.Metadata.Signed.Version + 1, file));
    }

    private void RotateTo(RoleName role, PublicKey key)
    {
        repository.Root = repository.Root with { Version = repository.Root.Version + 1 };
        repository.SetRole(role, key);
    }

    private void NewRootKey()
    {
        repository.RootKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
        repository.Certificate = RootCertificate.Create(repository.RootKey, repository.Name, repository.Now, repository.Now.AddYears(10));
        RotateTo(RoleName.Root, repository.Certificate);
    }

    private TrustClient Client(MemoryMetadata? cache = null)
    {
        if (cache is null)
        {
            cache = new MemoryMetadata();
            cache.Write("root.json", repository.Roots[0]);
        }
        return new TrustClient(NotaryFormat.Instance, repository.Serve(), cache, repository.Now, new TrustClientOptions()) { Repository = repository.Name };
    }

    private async Task<TrustService.Verification.FoundTarget?> FindAsync(string tag)
    {
        var client = Client();
        return await client.FindAsync(await client.RefreshAsync(CancellationToken.None), tag, CancellationToken.None);
    }
}
