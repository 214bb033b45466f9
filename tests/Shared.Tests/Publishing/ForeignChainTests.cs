using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Publishing;

/// <summary>What is taken over from another server, and what is not.</summary>
public sealed class ForeignChainTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly RepositoryName Name = RepositoryName.Parse("registry.example.com/team/app");
    private static readonly PublishRules Rules = new() { TimestampLifetime = TimeSpan.FromDays(1), SnapshotLifetime = TimeSpan.FromDays(7) };

    private readonly RepositorySimulator repository = new(Now);

    [Fact]
    public void Verify_RotatedRootsAndDelegations_KeepsEveryFile()
    {
        var alice = repository.Delegate(RoleName.Targets, "alice", ["*"]);
        repository.AddTarget(alice, "1.0", "content");
        repository.Publish(RoleName.Targets, alice);
        repository.Rotate(RoleName.Root, RoleName.Targets);
        repository.Rotate(RoleName.Timestamp);
        repository.Publish(RoleName.Targets);

        var chain = Verify();

        Assert.Equal([1, 2, 3], chain.Roots.Select(root => root.Version));
        Assert.Equal([RoleName.Targets, alice], chain.Targets.Select(targets => targets.Role));
        Assert.Empty(chain.Unverified);
        Assert.Equal(Files().Select(file => Convert.ToHexString(file.Data.Span)).Order(), chain.Files().Select(file => Convert.ToHexString(file.Data.Span)).Order());
        Assert.Equal(3, CandidateSet.OfImport(null, chain).NewFiles.Count(file => file.Role == RoleName.Root));
    }

    [Fact]
    public void Verify_EverythingExpired_IsKeptAsItIs()
    {
        var chain = ForeignChain.Verify(TufFormat.Instance, Name, Files(), Rules, Now.AddYears(30));

        Assert.Single(chain.Roots);
        Assert.True(chain.ServableUntil < Now.AddYears(30));
    }

    [Fact]
    public void Verify_RootMissingInTheMiddle_IsRefused()
    {
        repository.Rotate(RoleName.Timestamp);
        repository.Rotate(RoleName.Timestamp);
        repository.PublishTimestamp();

        Refusal.Of(TrustError.VersionMismatch, () => Verify(Files().Where(file => !file.Data.Span.SequenceEqual(repository.Files["2.root.json"]))));
    }

    [Fact]
    public void Verify_OldRootsNotAtHand_BeginsWithTheFirstThatIs()
    {
        repository.Rotate(RoleName.Timestamp);
        repository.PublishTimestamp();

        Assert.Equal([2], Verify(Files().Where(file => !file.Data.Span.SequenceEqual(repository.Files["1.root.json"]))).Roots.Select(root => root.Version));
    }

    [Fact]
    public void Verify_FileThatSnapshotListsIsMissing_IsRefused()
    {
        var alice = repository.Delegate(RoleName.Targets, "alice", ["*"]);
        repository.Publish(RoleName.Targets, alice);

        var refusal = Refusal.Of(TrustError.MalformedRequest, () => Verify(Files().Where(file => file.Role != alice)));

        Assert.Equal("alice", refusal.Role);
    }

    [Fact]
    public void Verify_TargetsOfAnotherVersion_AreRefused()
    {
        var old = repository.Files["targets.json"];
        repository.AddTarget(RoleName.Targets, "1.0", "content");
        repository.Publish(RoleName.Targets);

        Refusal.Of(TrustError.LengthMismatch, () => Verify(Files().Select(file => file.Role == RoleName.Targets ? file with { Data = old } : file)));
    }

    [Fact]
    public void Verify_TimestampOfAStranger_IsRefused()
    {
        repository.Signers[RoleName.Timestamp] = [TestKeys.New()];
        repository.PublishTimestamp();

        Refusal.Of(TrustError.ThresholdNotMet, () => Verify());
    }

    [Fact]
    public void OfImport_SameFilesAgain_ChangesNothing()
    {
        var chain = Verify();

        Assert.True(CandidateSet.OfImport(chain.Set, Verify()).IsUnchanged);
    }

    [Fact]
    public void OfImport_LaterFilesOfTheSameChain_GoOnTop()
    {
        var before = Verify();
        repository.AddTarget(RoleName.Targets, "1.0", "content");
        repository.Rotate(RoleName.Root);
        repository.Publish(RoleName.Targets);

        var after = CandidateSet.OfImport(before.Set, Verify());

        Assert.Equal([RoleName.Root, RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp], after.NewFiles.Select(file => file.Role));
        Refusal.Of(TrustError.RepositoryExists, () => CandidateSet.OfImport(after.Set, before));
    }

    [Fact]
    public void OfImport_SameVersionOfOtherContent_IsRefused()
    {
        var before = Verify();
        repository.Timestamp = repository.Timestamp with { Expires = repository.Timestamp.Expires.AddDays(1) };
        repository.WriteTimestamp();

        Refusal.Of(TrustError.RepositoryExists, () => CandidateSet.OfImport(before.Set, Verify()));
    }

    [Fact]
    public void OfImport_RepositoryOfAnotherRoot_IsRefused()
    {
        var other = new RepositorySimulator(Now);
        other.PublishTimestamp();
        var files = other.Files.Where(file => file.Key is "1.root.json" or "timestamp.json" or "snapshot.json" or "targets.json").Select(file => new UploadedFile(RoleName.Parse(file.Key.Replace(".json", "", StringComparison.Ordinal).Replace("1.", "", StringComparison.Ordinal)), file.Value));

        Refusal.Of(TrustError.RepositoryExists, () => CandidateSet.OfImport(Verify().Set, Verify(files)));
    }

    // The stranger lists the genuine key beside its own, so that the genuine root 2 follows from its root 1.
    [Fact]
    public void VouchedForBy_RootOfAStrangerBeforeTheTrustedOne_LeavesItOut()
    {
        repository.Rotate(RoleName.Timestamp);
        repository.PublishTimestamp();
        var (genuine, stranger) = (repository.Root, TestKeys.New());
        repository.Assign(RoleName.Root, 1, [.. repository.Signers[RoleName.Root], stranger]);
        repository.Root = repository.Root with { Version = 1 };
        repository.WriteRoot([stranger]);
        repository.Root = genuine;

        var chain = Verify();

        Assert.Equal([1, 2], chain.Roots.Select(root => root.Version));
        Assert.Equal([2], chain.VouchedForBy(chain.Roots[1]).Roots.Select(root => root.Version));
    }

    [Fact]
    public void VouchedForBy_FormerRootsOfTheSameKeys_KeepsThemBackToTheRotation()
    {
        repository.Rotate(RoleName.Root);
        repository.Rotate(RoleName.Timestamp);
        repository.Rotate(RoleName.Targets);
        repository.Publish(RoleName.Targets);
        var chain = Verify();

        Assert.Equal([2, 3, 4], chain.VouchedForBy(chain.Roots[3]).Roots.Select(root => root.Version));
        Assert.Equal([2, 3, 4], chain.VouchedForBy(chain.Roots[1]).Roots.Select(root => root.Version));
        Assert.Same(chain, chain.VouchedForBy(chain.Roots[0]));
    }

    private ForeignChain Verify(IEnumerable<UploadedFile>? files = null) => ForeignChain.Verify(TufFormat.Instance, Name, [.. files ?? Files()], Rules, Now);

    private List<UploadedFile> Files() =>
    [
        .. repository.Files.Where(file => file.Key.EndsWith(".root.json", StringComparison.Ordinal)).Select(file => new UploadedFile(RoleName.Root, file.Value)),
        new(RoleName.Timestamp, repository.Files["timestamp.json"]),
        .. repository.Targets.Keys.Append(RoleName.Snapshot).Select(role => new UploadedFile(role, repository.Files[$"{role}.json"])),
    ];
}
