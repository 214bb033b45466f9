using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>The cases of <c>test_rollback</c>.</summary>
public sealed class RollbackCases
{
    private const int ManyVersions = 99;

    [Theory]
    [InlineData("test_new_timestamp_version_rollback")]
    public async Task Refresh_OlderTimestamp_IsRefused(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.PublishTimestamp();
        await run.RefreshesAsync();
        run.Repository.Timestamp = run.Repository.Timestamp with { Version = 1 };
        run.Repository.WriteTimestamp();

        await run.RefusesAsync(TrustError.VersionRollback);

        Assert.Equal(2, run.Version(RoleName.Timestamp));
        Assert.Equal("timestamp.json", run.Repository.Requests[^1]);
    }

    [Theory]
    [InlineData("test_snapshot_rollback[basic]", false)]
    [InlineData("test_snapshot_rollback[with hashes]", true)]
    public async Task Refresh_TimestampNamesAnOlderSnapshot_IsRefusedBeforeItIsAskedFor(string caseId, bool listsHashes)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.ListsHashes = listsHashes;
        run.Repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);
        await run.RefreshesAsync();
        run.Repository.Snapshot = run.Repository.Snapshot with { Version = 1 };
        run.Repository.WriteSnapshot();
        run.Repository.PublishTimestamp();

        await run.RefusesAsync(TrustError.VersionRollback);

        Assert.Equal("root 1, timestamp 2, snapshot 2, targets 1", run.Trusted);
        Assert.Equal("timestamp.json", run.Repository.Requests[^1]);
    }

    [Theory]
    [InlineData("test_targets_role_removal")]
    public async Task Refresh_SnapshotNoLongerListsARole_IsRefused(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var role = run.Repository.Delegate(RoleName.Targets, "delegated", ["delegatedpath/*"]);
        run.Repository.Publish(role, RoleName.Targets);
        await run.RefreshesAsync();
        Forget(run, role);
        run.Repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);

        await run.RefusesAsync(TrustError.RoleRemoved);

        Assert.Equal(2, run.Version(RoleName.Snapshot));
    }

    [Theory]
    [InlineData("test_targets_fast_forward_recovery")]
    public async Task Refresh_SnapshotKeyRotated_LetsTargetsStartAnew(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        var role = repository.Delegate(RoleName.Targets, "delegated", ["delegatedpath/*"]);
        repository.PublishOnly(role);
        for (var i = 0; i < ManyVersions; i++)
            repository.PublishOnly(RoleName.Targets);
        repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);
        await run.RefreshesAsync();
        Assert.Equal(ManyVersions + 1, run.Version(RoleName.Targets));

        repository.Rotate(RoleName.Snapshot);
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with { Version = 1 };
        repository.WriteTargets(RoleName.Targets);
        Forget(run, role);
        repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);
        await run.RefreshesAsync();

        Assert.Equal(1, run.Version(RoleName.Targets));
    }

    [Theory]
    [InlineData("test_new_snapshot_fast_forward_recovery")]
    public async Task Refresh_SnapshotAndTimestampKeysRotated_LetSnapshotStartAnew(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        for (var i = 0; i < ManyVersions; i++)
            repository.PublishOnly(RoleName.Snapshot);
        repository.PublishTimestamp();
        await run.RefreshesAsync();
        Assert.Equal(ManyVersions + 1, run.Version(RoleName.Snapshot));

        repository.Rotate(RoleName.Snapshot, RoleName.Timestamp);
        repository.PublishOnly(RoleName.Targets);
        repository.Snapshot = repository.Snapshot with { Version = 1 };
        repository.WriteSnapshot();
        repository.PublishTimestamp();
        await run.RefreshesAsync();

        Assert.Equal(1, run.Version(RoleName.Snapshot));
    }

    [Theory]
    [InlineData("test_new_timestamp_fast_forward_recovery")]
    public async Task Refresh_TimestampKeyRotated_LetsTimestampStartAnew(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        for (var i = 0; i < ManyVersions; i++)
            repository.PublishTimestamp();
        await run.RefreshesAsync();
        Assert.Equal(ManyVersions + 1, run.Version(RoleName.Timestamp));

        repository.Rotate(RoleName.Timestamp);
        repository.Timestamp = repository.Timestamp with { Version = 1 };
        repository.WriteTimestamp();
        await run.RefreshesAsync();

        Assert.Equal(1, run.Version(RoleName.Timestamp));
    }

    [Theory]
    [InlineData("test_targets_rollback[basic]", false)]
    [InlineData("test_targets_rollback[with hashes]", true)]
    public async Task Refresh_SnapshotNamesOlderTargets_IsRefused(string caseId, bool listsHashes)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.ListsHashes = listsHashes;
        run.Repository.Publish(RoleName.Targets);
        await run.RefreshesAsync();
        run.Repository.Targets[RoleName.Targets] = run.Repository.Targets[RoleName.Targets] with { Version = 1 };
        run.Repository.WriteTargets(RoleName.Targets);
        run.Repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);

        await run.RefusesAsync(TrustError.VersionRollback);

        Assert.Equal("root 1, timestamp 3, snapshot 2, targets 2", run.Trusted);
    }

    private static void Forget(ConformanceRun run, RoleName role) =>
        run.Repository.Snapshot = run.Repository.Snapshot with { Meta = run.Repository.Snapshot.Meta.Where(entry => entry.Key != role).ToDictionary() };
}
