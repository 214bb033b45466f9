using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>The cases of <c>test_basic</c>.</summary>
public sealed class BasicCases
{
    private static readonly string[] FirstRequests = ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"];

    [Theory]
    [InlineData("test_basic_refresh_requests")]
    public async Task Refresh_First_MakesFourRequests(string caseId)
    {
        await using var run = new ConformanceRun(caseId);

        await run.RefreshesAsync();

        Assert.Equal(FirstRequests, run.Repository.Requests);
    }

    [Theory]
    [InlineData("test_basic_refresh_trusted_data")]
    public async Task Refresh_First_TrustsWhatIsServed(string caseId)
    {
        await using var run = new ConformanceRun(caseId);

        await run.RefreshesAsync();

        foreach (var role in (RoleName[])[RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets])
            Assert.True(run.Holds(role, $"{role}.json"), role.Value);
    }

    [Theory]
    [InlineData("test_implicit_refresh")]
    public async Task Download_OfNothing_RefreshesAllTheSame(string caseId)
    {
        await using var run = new ConformanceRun(caseId);

        await run.RefusesDownloadAsync(TrustError.NotSigned, "nonexistent artifact");

        Assert.Equal(FirstRequests, run.Repository.Requests);
        Assert.Equal("root 1, timestamp 1, snapshot 1, targets 1", run.Trusted);
    }

    [Theory]
    [InlineData("test_invalid_initial_root", TrustError.MalformedMetadata)]
    [InlineData("test_unsigned_initial_root", TrustError.ThresholdNotMet)]
    public async Task Refresh_InitialRootIsBroken_AsksForNothing(string caseId, TrustError expected)
    {
        await using var run = new ConformanceRun(caseId);
        run.Pin(expected == TrustError.MalformedMetadata
            ? MetadataCorruptor.Forge(run.Repository.FirstRoot, signed => signed.Remove("version"), run.Repository.Signers[RoleName.Root])
            : MetadataCorruptor.WithSignatureOf(run.Repository.FirstRoot, TestKeys.New()));

        await run.RefusesAsync(expected);

        Assert.Empty(run.Repository.Requests);
    }

    [Theory]
    [InlineData("test_unsigned_metadata[root]", "root", "root 1")]
    [InlineData("test_unsigned_metadata[timestamp]", "timestamp", "root 2")]
    [InlineData("test_unsigned_metadata[snapshot]", "snapshot", "root 2, timestamp 2")]
    [InlineData("test_unsigned_metadata[targets]", "targets", "root 2, timestamp 2, snapshot 2")]
    public async Task Refresh_RoleIsNotSigned_TrustsOnlyThoseBeforeIt(string caseId, string role, string trusted)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.Signers[RoleName.Parse(role)].Clear();
        run.Repository.PublishOnly(RoleName.Root, RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp);

        Assert.Equal(role, (await run.RefusesAsync(TrustError.ThresholdNotMet)).Role);

        Assert.Equal(trusted, run.Trusted);
    }

    [Theory]
    [InlineData("test_url_and_metadata_version_mismatch[root]", "root", "root 1")]
    [InlineData("test_url_and_metadata_version_mismatch[snapshot]", "snapshot", "root 2, timestamp 2")]
    [InlineData("test_url_and_metadata_version_mismatch[targets]", "targets", "root 2, timestamp 2, snapshot 2")]
    public async Task Refresh_VersionIsNotThatOfTheAddress_IsRefused(string caseId, string role, string trusted)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.PublishOnly(RoleName.Root, RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp);
        run.Repository.Files[$"2.{role}.json"] = MetadataCorruptor.Forge(run.Repository.Files[$"2.{role}.json"], signed => signed["version"] = 3, run.Repository.Signers[RoleName.Parse(role)]);

        Assert.Equal(role, (await run.RefusesAsync(TrustError.VersionMismatch)).Role);

        Assert.Equal(trusted, run.Trusted);
    }

    [Theory]
    [InlineData("test_timestamp_content_changes")]
    public async Task Refresh_SameTimestampVersionOtherContent_KeepsTheFirst(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        await run.RefreshesAsync();
        var first = run.Repository.Files["timestamp.json"];
        run.Repository.Timestamp = run.Repository.Timestamp with { SnapshotMeta = new MetaFile { Version = 100 } };
        run.Repository.WriteTimestamp();

        await run.RefreshesAsync();

        Assert.Equal("timestamp.json", run.Repository.Requests[^1]);
        run.Repository.Files["timestamp.json"] = first;
        Assert.True(run.Holds(RoleName.Timestamp, "timestamp.json"));
    }

    [Theory]
    [InlineData("test_basic_metadata_hash_support")]
    public async Task Refresh_ParentsListHashes_Works(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.ListsHashes = true;
        run.Repository.Publish(RoleName.Targets);

        await run.RefreshesAsync();

        Assert.Equal("root 1, timestamp 2, snapshot 2, targets 2", run.Trusted);
    }

    [Theory]
    [InlineData("test_targets_hash_mismatch", "targets", "root 1, timestamp 3, snapshot 3, targets 2")]
    [InlineData("test_snapshot_hash_mismatch", "snapshot", "root 1, timestamp 3, snapshot 2, targets 2")]
    public async Task Refresh_HashIsNotTheListedOne_KeepsTheFormerFile(string caseId, string role, string trusted)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        repository.ListsHashes = true;
        repository.Publish(RoleName.Targets);
        await run.RefreshesAsync();
        var zero = FileHashes.FromSha256(new byte[32]);
        repository.PublishOnly(RoleName.Targets);
        if (role == "targets")
            repository.Snapshot = repository.Snapshot with { Meta = new Dictionary<RoleName, MetaFile> { [RoleName.Targets] = repository.Snapshot.Meta[RoleName.Targets] with { Hashes = zero } } };
        repository.PublishOnly(RoleName.Snapshot);
        if (role == "snapshot")
            repository.Timestamp = repository.Timestamp with { SnapshotMeta = repository.Timestamp.SnapshotMeta with { Hashes = zero } };
        repository.PublishTimestamp();

        Assert.Equal(role, (await run.RefusesAsync(TrustError.HashMismatch)).Role);

        Assert.Equal(trusted, run.Trusted);
    }

    [Theory]
    [InlineData("test_metadata_bytes_match")]
    public async Task Refresh_UnusualWhiteSpace_IsStoredAsReceived(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.Files["timestamp.json"] = MetadataCorruptor.WithOtherHash(run.Repository.Files["timestamp.json"]);

        await run.RefreshesAsync();

        Assert.True(run.Holds(RoleName.Timestamp, "timestamp.json"));
    }

    [Theory]
    [InlineData("test_custom_fields")]
    public async Task Refresh_UnknownMembersInRootKeyAndRole_AreSignedContent(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        await run.RefreshesAsync();
        var key = TestKeys.New();
        repository.Root = repository.Root with { Version = 2 };
        repository.WriteRoot(repository.Signers[RoleName.Root]);
        repository.Files["2.root.json"] = MetadataCorruptor.Forge(
            repository.Files["2.root.json"],
            signed =>
            {
                var json = WithMember(key, "extra-field", new JsonObject { ["a"] = 1, ["b"] = 2 });
                signed["custom-field"] = "value";
                signed["keys"]![RepositoryBuilder.KeyId(json)] = json;
                signed["roles"]!["root"]!["keyids"]!.AsArray().Add((JsonNode)RepositoryBuilder.KeyId(json));
                signed["roles"]!["root"]!["another-field"] = "value";
            },
            repository.Signers[RoleName.Root]);

        await run.RefreshesAsync();

        Assert.Equal(2, run.Version(RoleName.Root));
    }

    [Theory]
    [InlineData("test_deprecated_keyid_hash_algorithms")]
    public async Task Refresh_KeyidHashAlgorithmsAsText_MeansNothing(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        await run.RefreshesAsync();
        var key = TestKeys.New();
        var json = WithMember(key, "keyid_hash_algorithms", "md5");
        var id = RepositoryBuilder.KeyId(json);
        repository.PublishOnly(RoleName.Root);
        repository.Files["2.root.json"] = MetadataCorruptor.Forge(
            repository.Files["2.root.json"],
            signed =>
            {
                signed["keys"]![id] = json;
                signed["roles"]!["snapshot"]!["keyids"] = new JsonArray(id);
            },
            repository.Signers[RoleName.Root]);
        repository.PublishOnly(RoleName.Snapshot);
        repository.Files["2.snapshot.json"] = RepositoryBuilder.Sign(JsonNode.Parse(repository.Files["2.snapshot.json"])!["signed"]!.AsObject(), (id, key));
        repository.PublishTimestamp();

        await run.RefreshesAsync();

        Assert.Equal("root 2, timestamp 2, snapshot 2, targets 1", run.Trusted);
    }

    [Theory]
    [InlineData("test_snapshot_404", "snapshot", "root 1, timestamp 2, snapshot 1, targets 1")]
    [InlineData("test_targets_404", "targets", "root 1, timestamp 2, snapshot 2, targets 1")]
    public async Task Refresh_ListedVersionIsAbsent_KeepsTheFormerFile(string caseId, string role, string trusted)
    {
        await using var run = new ConformanceRun(caseId);
        await run.RefreshesAsync();
        run.Repository.Publish(RoleName.Targets);
        run.Repository.Files.Remove($"2.{role}.json");

        await run.RefusesAsync(TrustError.MetadataUnknown);

        Assert.Equal($"2.{role}.json", run.Repository.Requests[^1]);
        Assert.Equal(trusted, run.Trusted);
    }

    [Theory]
    [InlineData("test_timestamp_404")]
    public async Task Refresh_TimestampIsAbsent_IsRefused(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        await run.RefreshesAsync();
        run.Repository.Files.Remove("timestamp.json");

        await run.RefusesAsync(TrustError.RepositoryUnknown);

        Assert.Equal("timestamp.json", run.Repository.Requests[^1]);
    }

    [Theory]
    [InlineData("test_incorrect_metadata_type")]
    public async Task Refresh_SnapshotServedAsTimestamp_IsRefusedByItsType(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        repository.Assign(RoleName.Snapshot, 1, [.. repository.Signers[RoleName.Snapshot], .. repository.Signers[RoleName.Timestamp]]);
        repository.PublishOnly(RoleName.Root, RoleName.Snapshot);
        // Everything else about it is that of a timestamp.
        repository.Files["timestamp.json"] = MetadataCorruptor.Forge(
            repository.Files["2.snapshot.json"], signed => signed["meta"] = new JsonObject { ["snapshot.json"] = new JsonObject { ["version"] = 1 } }, repository.Signers[RoleName.Snapshot]);

        await run.RefusesAsync(TrustError.WrongRoleType);

        Assert.Equal("root 2", run.Trusted);
    }

    [Theory]
    [InlineData("test_faketime")]
    public async Task Refresh_ClockIsADayPastTheRoot_IsRefusedAndWorksAgainBefore(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.Expires = FixedTime.Start.AddDays(7);
        run.Repository.PublishOnly(RoleName.Root);
        await run.RefreshesAsync();
        run.Now = FixedTime.Start.AddDays(8);

        Assert.Equal("root", (await run.RefusesAsync(TrustError.Expired)).Role);

        run.Now = FixedTime.Start;
        await run.RefreshesAsync();
    }

    private static JsonObject WithMember(ISigningKey key, string name, JsonNode value)
    {
        var json = RepositoryBuilder.KeyObject(key);
        json[name] = value;
        return json;
    }
}
