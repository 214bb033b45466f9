using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

public sealed class TrustClientRefreshTests : IDisposable
{
    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly ClientFixture client;

    public TrustClientRefreshTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Refresh_First_AsksForEachFileOnceAndStoresWhatWasServed()
    {
        await client.RefreshAsync();

        Assert.Equal(["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"], repository.Requests);
        foreach (var name in (string[])["root.json", "timestamp.json", "snapshot.json", "targets.json"])
            Assert.True(client.Holds(name, repository.Files[name]), name);
    }

    [Fact]
    public async Task Refresh_NothingNew_AsksForRootAndTimestampOnly()
    {
        await client.RefreshAsync();
        repository.Requests.Clear();

        await client.RefreshAsync();

        Assert.Equal(["2.root.json", "timestamp.json"], repository.Requests);
    }

    [Fact]
    public async Task Refresh_WithoutConsistentSnapshots_AsksForPlainNames()
    {
        repository.Root = repository.Root with { ConsistentSnapshot = false };
        repository.Rotate(RoleName.Targets);
        repository.Publish(RoleName.Targets);

        await client.RefreshAsync();

        Assert.Equal(["2.root.json", "3.root.json", "timestamp.json", "snapshot.json", "targets.json"], repository.Requests);
    }

    [Fact]
    public async Task Refresh_WithoutListedHashes_Works()
    {
        repository.ListsHashes = false;
        repository.Publish(RoleName.Targets);

        Assert.Equal(2, (await client.RefreshAsync()).Metadata.Signed.Version);
    }

    [Fact]
    public async Task Refresh_MoreThanTheListedLength_IsRefusedWhileReading()
    {
        repository.Files["1.targets.json"] = [.. repository.Files["1.targets.json"], .. new byte[10]];

        await client.RefusedAsync(TrustError.TooLarge, ["timestamp.json", "snapshot.json"]);
    }

    [Theory]
    [InlineData("timestamp.json", TrustError.RepositoryUnknown)]
    [InlineData("1.snapshot.json", TrustError.MetadataUnknown)]
    [InlineData("1.targets.json", TrustError.MetadataUnknown)]
    public async Task Refresh_FileIsAbsent_IsRefused(string name, TrustError expected)
    {
        repository.Files.Remove(name);

        await client.RefusedAsync(expected, ["timestamp.json", "snapshot.json"]);
    }

    [Theory]
    [InlineData("timestamp.json", 16_384)]
    [InlineData("2.root.json", 512_000)]
    public async Task Refresh_FileOverItsLimit_IsRefused(string name, int limit)
    {
        repository.Files[name] = new byte[limit + 1];

        await client.RefusedAsync(TrustError.TooLarge);
    }

    [Fact]
    public async Task Refresh_UnlistedLengthOverTheLimit_IsRefused()
    {
        repository.ListsHashes = false;
        repository.Publish(RoleName.Targets);
        repository.Files["2.snapshot.json"] = new byte[2_000_001];

        await client.RefusedAsync(TrustError.TooLarge, ["timestamp.json"]);
    }

    [Fact]
    public async Task Refresh_MoreRootsThanTheLimit_FollowsThatManyAndGoesOnNextTime()
    {
        client.Options = new() { Limits = VerificationLimits.Default with { MaxRootUpdates = 3 } };
        for (var i = 0; i < 5; i++)
            repository.Rotate(RoleName.Root);

        Assert.Equal(4, (await client.RefreshAsync()).Snapshot.Root.Version);
        Assert.Equal(6, (await client.RefreshAsync()).Snapshot.Root.Version);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public async Task Refresh_WithoutSignatureOfARole_IsRefusedAndRolesBeforeItAreKept(string role)
    {
        repository.ListsHashes = false;
        await client.RefreshAsync();
        var name = RoleName.Parse(role);
        repository.Rotate(RoleName.Root);
        repository.Publish(RoleName.Targets);
        var file = name == RoleName.Timestamp ? "timestamp.json" : $"2.{role}.json";
        repository.Files[file] = MetadataCorruptor.WithoutSignatures(repository.Files[file]);
        string[] order = ["root.json", "timestamp.json", "snapshot.json", "targets.json"];
        var before = order[..Array.IndexOf(order, $"{role}.json")];

        var refusal = await client.RefusedAsync(TrustError.ThresholdNotMet, before);

        Assert.Equal(role, refusal.Role);
        Assert.All(before, stored => Assert.True(client.Holds(stored, repository.Files[stored]), stored));
    }

    [Fact]
    public async Task Refresh_SameTimestampVersionWithOtherContent_KeepsTheOldOne()
    {
        await client.RefreshAsync();
        var stored = repository.Files["timestamp.json"];
        repository.Timestamp = repository.Timestamp with { SnapshotMeta = new MetaFile { Version = 2 } };
        repository.WriteTimestamp();

        await client.RefreshAsync();

        Assert.True(client.Holds("timestamp.json", stored));
    }

    [Fact]
    public async Task Refresh_UnknownMembersAndSpecVersions_AreAcceptedAndStoredAsReceived()
    {
        var snapshot = MetadataCorruptor.Forge(
            repository.Files["timestamp.json"],
            signed =>
            {
                signed["spec_version"] = "1.99.0";
                signed["x-é"] = new System.Text.Json.Nodes.JsonObject { ["\uFFEE"] = 1, ["\U0001F600"] = 123456789012345678 };
            },
            repository.Signers[RoleName.Timestamp]);
        repository.Files["timestamp.json"] = snapshot;

        await client.RefreshAsync();

        Assert.True(client.Holds("timestamp.json", snapshot));
    }

    [Fact]
    public async Task Refresh_NextMajorSpecVersion_IsRefused()
    {
        repository.Files["timestamp.json"] = MetadataCorruptor.Forge(repository.Files["timestamp.json"], signed => signed["spec_version"] = "2.0.0", repository.Signers[RoleName.Timestamp]);

        await client.RefusedAsync(TrustError.UnsupportedSpecVersion);
    }

    [Fact]
    public async Task Refresh_SnapshotServedAsTimestamp_IsRefusedByItsType()
    {
        repository.Rotate(new Dictionary<RoleName, TrustService.Keys.ISigningKey[]> { [RoleName.Timestamp] = [.. repository.Signers[RoleName.Snapshot]] });
        repository.Publish();
        repository.Files["timestamp.json"] = repository.Files["snapshot.json"];

        await client.RefusedAsync(TrustError.WrongRoleType, ["root.json"]);
    }
}
