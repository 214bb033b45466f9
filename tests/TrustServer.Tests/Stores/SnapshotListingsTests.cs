using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Server.Stores;
using TrustService.Testing;

namespace TrustService.Server.Tests.Stores;

public sealed class SnapshotListingsTests
{
    private static readonly RoleName Alice = RoleName.Parse("targets/alice");

    private readonly SnapshotListings listings = new(TimeProvider.System);
    private readonly StoredFile snapshot = Snapshot();

    [Fact]
    public void Find_ListedRole_IsItsChecksum()
    {
        Assert.Equal(64, listings.Find(snapshot, Alice)!.Length);
        Assert.Null(listings.Find(snapshot, RoleName.Parse("targets/bob")));
    }

    // Whoever asks for thousands of roles makes the server read the snapshot once.
    [Fact]
    public void Find_SameSnapshotAgain_IsNotReadAgain()
    {
        var unreadable = With(snapshot.Sha256, default);
        var first = listings.Find(snapshot, Alice);

        Assert.Equal(first, listings.Find(unreadable, Alice));
        Assert.Null(listings.Find(unreadable, RoleName.Parse("targets/bob")));
        Assert.Throws<TrustException>(() => listings.Find(With(new string('0', 64), default), Alice));
    }

    private static StoredFile Snapshot()
    {
        var repository = new NotaryRepository(FixedTime.Start);
        repository.Init();
        repository.Delegate(RoleName.Targets, Alice, TestKeys.New(), "");
        repository.Add(Alice, "1.0");
        repository.Publish(repository.File(RoleName.Targets), repository.File(Alice));
        var file = repository.Published!.Snapshot.Metadata.File;
        return With(Hex.Encode(System.Security.Cryptography.SHA256.HashData(file.Span)), file);
    }

    private static StoredFile With(string sha256, ReadOnlyMemory<byte> data) => new()
    {
        RepositoryId = 1,
        Role = RoleName.Snapshot,
        Version = 1,
        Sha256 = sha256,
        Expires = FixedTime.Start,
        CreatedAt = FixedTime.Start,
        Data = data,
    };
}
