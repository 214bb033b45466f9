using System.Text;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Publishing;

/// <summary>What a server takes from Notary's and Docker's clients, and what it refuses.</summary>
public sealed class NotaryPublishingTests : NotaryPublishingFixture
{
    [Fact]
    public void First_ServerHeldSnapshot_IsSignedByTheServer()
    {
        var candidate = Repository.Init();

        Assert.Equal(["root", "targets", "snapshot", "timestamp"], candidate.NewFiles.Select(file => file.Role.Value));
        Assert.Equal(["root", "targets"], Listed());
        var entry = Repository.Published!.Snapshot.Metadata.Signed.Meta[RoleName.Targets];
        Assert.Equal(["sha256", "sha512"], entry.Hashes!.Values.Select(hash => hash.Algorithm));
    }

    [Fact]
    public void First_OwnersSnapshot_IsTakenAsItIs()
    {
        Repository.ServerHoldsSnapshot = false;
        var (root, targets) = (Repository.RootFile(), Repository.File(RoleName.Targets));
        var snapshot = Repository.SnapshotFile(7, root, targets);

        var candidate = Repository.Publish(root, targets, snapshot);

        Assert.Equal(snapshot.Data.ToArray(), candidate.NewFiles.Single(file => file.Role == RoleName.Snapshot).Data.ToArray());
    }

    [Fact]
    public void First_WithoutTargetsOrRoot_IsRefused()
    {
        Refusal.Of(TrustError.RepositoryUnknown, () => Repository.Publish(Repository.RootFile()));
        Refusal.Of(TrustError.RepositoryUnknown, () => Repository.Publish(Repository.File(RoleName.Targets)));
        Refusal.Of(TrustError.RepositoryUnknown, () => Repository.Publish());
    }

    [Fact]
    public void NoSnapshotKey_AndNoSnapshot_IsRefused()
    {
        Repository.ServerHoldsSnapshot = false;
        Repository.Init();
        Repository.Add(RoleName.Targets, "v1");

        Assert.Equal("snapshot", Refusal.Of(TrustError.OnlineKeyUnavailable, () => Repository.Publish(Repository.File(RoleName.Targets))).Role);
    }

    [Fact]
    public void WithoutFiles_SnapshotAndTimestampAreNew_AndTheRestStays()
    {
        Repository.Init();

        var candidate = Repository.Publish();

        Assert.Equal([("snapshot", 2L), ("timestamp", 2L)], candidate.NewFiles.Select(file => (file.Role.Value, file.Version)));
    }

    [Fact]
    public void WithoutFiles_OwnersSnapshot_TimestampAloneIsNew()
    {
        Repository.ServerHoldsSnapshot = false;
        Repository.Init();

        Assert.Equal(["timestamp"], Repository.Publish().NewFiles.Select(file => file.Role.Value));
        Assert.Equal(["timestamp"], CandidateSet.OfRenewal(Repository.Published!, true, Repository.Online, Repository.Rules, Repository.Now).NewFiles.Select(file => file.Role.Value));
    }

    [Fact]
    public void SameFileAgain_IsAConflict()
    {
        Repository.Init();

        Refusal.Of(TrustError.PublishConflict, () => Repository.Publish(Repository.File(RoleName.Targets)));
        Refusal.Of(TrustError.PublishConflict, () => Repository.Publish(new UploadedFile(RoleName.Root, Repository.Roots[0])));
    }

    [Fact]
    public void VersionAtOnceFarAhead_IsRefused()
    {
        Repository.Init();
        Repository.Change(RoleName.Targets, targets => targets with { Version = int.MaxValue });

        Refusal.Of(TrustError.VersionJump, () => Repository.Publish(Repository.File(RoleName.Targets)));
    }

    [Fact]
    public void PrettyPrinted_IsPublishedByteForByte_AndVerifies()
    {
        Repository.Init();
        Repository.Add(RoleName.Targets, "v<1>");
        var pretty = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Repository.File(RoleName.Targets).Data.Span).Replace(",", " ,\n  ", StringComparison.Ordinal));

        var candidate = Repository.Publish(new UploadedFile(RoleName.Targets, pretty));

        Assert.Equal(pretty, candidate.NewFiles.Single(file => file.Role == RoleName.Targets).Data.ToArray());
    }

    [Fact]
    public void Recalled_FromItsFiles_IsTheSameSet_AndRoleNotInSnapshotKeepsItsVersion()
    {
        Sign(Alice, "v1");
        Repository.Undelegate(RoleName.Targets, Alice);
        Repository.Publish(Repository.File(RoleName.Targets));
        var set = Repository.Published!;
        var files = set.Targets.ToDictionary(file => file.Key, file => file.Value.File);
        foreach (var role in (RoleName[])[RoleName.Root, RoleName.Snapshot, RoleName.Timestamp])
            files[role] = set.File(role)!.Value;

        var recalled = PublishedSet.Recall(NotaryFormat.Instance, files, Limits);

        Assert.Equal(set.Versions(), recalled.Versions());
        Assert.Equal(1, recalled.TargetsVersion(Alice));
        files[RoleName.Snapshot] = Repository.SnapshotFile(set.Snapshot.Metadata.Signed with { Version = 9 }).Data;
        Refusal.Of(TrustError.StoreDamaged, () => PublishedSet.Recall(NotaryFormat.Instance, files, Limits));
    }
}
