using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Publishing;

/// <summary>Snapshots by the server, and by an owner who holds the key.</summary>
public sealed class NotarySnapshotPublishingTests : NotaryPublishingFixture
{
    [Fact]
    public void ServersSnapshot_NewOrRenewed_OutlivesTheTimeInWhichClientsWarn()
    {
        Repository.Init();
        var expected = Repository.Now + Repository.Rules.SnapshotLifetime + NotaryFormat.Instance.Rules.SnapshotWarning;

        Assert.Equal(expected, Repository.Published!.Snapshot.Metadata.Signed.Expires);
        Assert.Equal(expected, CandidateSet.OfRenewal(Repository.Published, true, Repository.Online, Repository.Rules, Repository.Now).Set.Snapshot.Metadata.Signed.Expires);
        Assert.True(expected - Repository.Rules.SnapshotLifetime > Repository.Now.AddMonths(6));
    }

    [Fact]
    public void OwnersSnapshot_ThatPointsBack_IsRefused()
    {
        Repository.ServerHoldsSnapshot = false;
        Repository.Init();
        var old = Repository.Published!.Snapshot.Metadata.Signed;
        Publish("v1");

        Assert.Equal("snapshot", Refusal.Of(TrustError.HashMismatch, () => Repository.Publish(Repository.SnapshotFile(old with { Version = 9 }))).Role);
        Refusal.Of(TrustError.PublishConflict, () => Repository.Publish(Repository.SnapshotFile(1)));
    }

    [Fact]
    public void OwnersSnapshot_ThatHidesARole_OrInventsOne_IsRefused()
    {
        Repository.ServerHoldsSnapshot = false;
        Repository.Init();
        Repository.Delegate(RoleName.Targets, Releases, TestKeys.New(), "");
        Publish(null);
        Repository.Add(Releases, "v1");
        var file = Repository.File(Releases);
        Repository.Publish(file, Repository.SnapshotFile(Repository.Published!.Snapshot.Metadata.Signed.Version + 1, file));
        var current = Repository.Published!.Snapshot.Metadata.Signed;

        var without = new Dictionary<RoleName, MetaFile>(current.Meta);
        without.Remove(Releases);
        Refusal.Of(TrustError.RoleNotListed, () => Repository.Publish(Repository.SnapshotFile(current with { Version = 20, Meta = without })));
        var with = new Dictionary<RoleName, MetaFile>(current.Meta) { [Alice] = current.Meta[Releases] };
        Refusal.Of(TrustError.MetadataUnknown, () => Repository.Publish(Repository.SnapshotFile(current with { Version = 20, Meta = with })));
    }

    [Fact]
    public void OwnersSnapshot_ByTheFormerKey_IsRefused()
    {
        Repository.ServerHoldsSnapshot = false;
        Repository.Init();
        var former = Repository.SnapshotKey;
        (Repository.SnapshotKey, Repository.ServerHoldsSnapshot) = (TestKeys.New(), true);
        RotateTo(RoleName.Snapshot, NotaryRepository.Describe(Repository.SnapshotKey));
        Repository.Publish(Repository.RootFile());
        var meta = Repository.Published!.Snapshot.Metadata.Signed;

        var forged = new UploadedFile(RoleName.Snapshot, NotaryRepository.Sign(meta with { Version = 9 }, (NotaryRepository.Describe(former), former)));
        Assert.Equal("snapshot", Refusal.Of(TrustError.ThresholdNotMet, () => Repository.Publish(forged)).Role);
    }
}
