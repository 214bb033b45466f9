using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>The cases of <c>test_expiration</c>.</summary>
public sealed class ExpirationCases
{
    private static readonly DateTimeOffset Past = FixedTime.Start.AddDays(-5);

    [Theory]
    [InlineData("test_root_expired", "root", "root 3, timestamp 1, snapshot 1, targets 1")]
    [InlineData("test_timestamp_expired", "timestamp", "root 1, timestamp 1, snapshot 1, targets 1")]
    [InlineData("test_snapshot_expired", "snapshot", "root 1, timestamp 2, snapshot 1, targets 1")]
    [InlineData("test_targets_expired", "targets", "root 1, timestamp 2, snapshot 2, targets 1")]
    public async Task Refresh_NewFileHasExpired_IsRefusedAndOnlyRootIsStored(string caseId, string expired, string trusted)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        if (expired == "root")
            repository.PublishOnly(RoleName.Root);
        await run.RefreshesAsync();
        RoleName[] order = expired == "root" ? [RoleName.Root, RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp] : [RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp];
        foreach (var role in order.SkipWhile(role => role.Value != expired))
        {
            repository.Expires = role.Value == expired ? Past : FixedTime.Start.AddDays(30);
            repository.PublishOnly(role);
        }

        Assert.Equal(expired, (await run.RefusesAsync(TrustError.Expired)).Role);

        Assert.Equal(trusted, run.Trusted);
    }

    [Theory]
    [InlineData("test_expired_local_root", "root", "root 3, timestamp 1, snapshot 1, targets 1")]
    [InlineData("test_expired_local_timestamp", "timestamp", "root 1, timestamp 3, snapshot 2, targets 2")]
    public async Task Refresh_StoredFileHasExpired_GoesOnToTheNewerOne(string caseId, string role, string trusted)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        repository.Expires = FixedTime.Start.AddDays(7);
        repository.PublishOnly(RoleName.Parse(role));
        await run.RefreshesAsync();
        repository.Expires = FixedTime.Start.AddDays(21);
        if (role == "root")
            repository.PublishOnly(RoleName.Root);
        else
            repository.Publish(RoleName.Targets);
        run.Now = FixedTime.Start.AddDays(18);

        await run.RefreshesAsync();

        Assert.Equal(trusted, run.Trusted);
    }
}
