using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Publishing;

/// <summary>Roots of Notary's and Docker's clients: rotations, and what is no next root.</summary>
public sealed class NotaryRootPublishingTests : NotaryPublishingFixture
{
    [Fact]
    public async Task RootRotation_WithSnapshotToTheServerAndBack_ClientsFollow()
    {
        Repository.ServerHoldsSnapshot = false;
        Repository.Init();
        var cache = new MemoryMetadata();
        cache.Write("root.json", Repository.Roots[0]);
        await Client(cache).RefreshAsync(CancellationToken.None);

        (Repository.SnapshotKey, Repository.ServerHoldsSnapshot) = (TestKeys.New(), true);
        RotateTo(RoleName.Snapshot, NotaryRepository.Describe(Repository.SnapshotKey));
        Repository.Publish(Repository.RootFile());
        await Client(cache).RefreshAsync(CancellationToken.None);

        (Repository.SnapshotKey, Repository.ServerHoldsSnapshot) = (TestKeys.New(), false);
        RotateTo(RoleName.Snapshot, NotaryRepository.Describe(Repository.SnapshotKey));
        var root = Repository.RootFile();
        Repository.Publish(root, Repository.SnapshotFile(Repository.Published!.Snapshot.Metadata.Signed.Version + 1, root));
        var top = await Client(cache).RefreshAsync(CancellationToken.None);

        Assert.Equal((3L, 3L), (top.Snapshot.Root.Version, top.Snapshot.Metadata.Signed.Version));
    }

    [Fact]
    public void RootRotation_OfTheRootKey_NeedsBothSignatures()
    {
        Repository.Init();
        var (oldCertificate, oldKey) = (Repository.Certificate, Repository.RootKey);
        NewRootKey();

        Assert.Equal("root", Refusal.Of(TrustError.ThresholdNotMet, () => Repository.Publish(Repository.RootFile())).Role);
        Assert.Equal(2, Repository.Publish(Repository.RootFile((oldCertificate, oldKey))).Set.Root.Version);
    }

    [Fact]
    public void RootRotation_ByAnExpiredCertificate_Counts()
    {
        Repository.Certificate = RootCertificate.Create(Repository.RootKey, Repository.Name, Repository.Now, Repository.Now.AddYears(1));
        Repository.SetRole(RoleName.Root, Repository.Certificate);
        Repository.Init();
        Repository.Now = Repository.Now.AddYears(2);
        var (oldCertificate, oldKey) = (Repository.Certificate, Repository.RootKey);
        Refusal.Of(TrustError.Expired, () => Repository.Publish());
        NewRootKey();

        Assert.Equal(2, Repository.Publish(Repository.RootFile((oldCertificate, oldKey))).Set.Root.Version);
    }

    [Fact]
    public void RootVersions_OtherThanTheNext_AreRefused()
    {
        Repository.Init();
        Repository.Root = Repository.Root with { Version = 3 };

        Refusal.Of(TrustError.VersionMismatch, () => Repository.Publish(Repository.RootFile()));
    }

    [Fact]
    public void Root_OfAnotherRepository_IsRefused()
    {
        Repository.Certificate = RootCertificate.Create(Repository.RootKey, Gun.Parse("registry.example.com/team/other"), Repository.Now, Repository.Now.AddYears(10));
        Repository.SetRole(RoleName.Root, Repository.Certificate);

        Assert.Equal("root", Refusal.Of(TrustError.WrongRepository, () => Repository.Init()).Role);
    }

    [Fact]
    public void Root_WithABarePublicKey_IsRefused()
    {
        Repository.Certificate = NotaryRepository.Describe(Repository.RootKey);
        Repository.SetRole(RoleName.Root, Repository.Certificate);

        Refusal.Of(TrustError.UnacceptableKey, () => Repository.Init());
    }

    [Fact]
    public void Root_WithAnotherTimestampKey_IsRefused()
    {
        Repository.SetRole(RoleName.Timestamp, NotaryRepository.Describe(TestKeys.New()));

        Refusal.Of(TrustError.IncompleteRoot, () => Repository.Init());
    }
}
