using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class TrustClientTimeTests : IDisposable
{
    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly ClientFixture client;

    public TrustClientTimeTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public async Task Refresh_RoleHasExpired_IsRefusedFromTheVerySecondOn(string name)
    {
        var role = RoleName.Parse(name);
        var expires = FixedTime.Start.AddHours(1);
        ExpireAt(role, expires);
        client.Now = expires;
        string[] before = ["timestamp.json", "snapshot.json"];

        var refusal = await client.RefusedAsync(TrustError.Expired, before[..Math.Max(0, Array.IndexOf(["timestamp", "snapshot", "targets"], name))]);

        Assert.Equal(name, refusal.Role);
        Assert.Equal(Outcome.Stale, refusal.Info.Outcome);
        client.Now = expires.AddSeconds(-1);
        await client.RefreshAsync();
    }

    // No time is too early to be compared with the clock.
    [Fact]
    public async Task Refresh_ClockOfAFormerRunStoodAtTheBeginningOfTime_GoesOn()
    {
        using (var cache = client.OpenCache())
            cache.Write("last-seen", "0001-01-01T00:00:00.0000000Z"u8.ToArray());

        await client.RefreshAsync();
    }

    [Fact]
    public async Task Refresh_LastRootHasExpired_IsStoredAndThenRefused()
    {
        repository.Expires = FixedTime.Start.AddHours(1);
        repository.Rotate(RoleName.Root);
        client.Now = FixedTime.Start.AddHours(2);

        Assert.Equal("root", (await client.RefusedAsync(TrustError.Expired, ["root.json"])).Role);

        Assert.True(client.Holds("root.json", repository.Files["2.root.json"]));
        Assert.DoesNotContain("timestamp.json", repository.Requests);
    }

    [Fact]
    public async Task Refresh_StoredFilesHaveExpired_GoesOnToNewerOnes()
    {
        await client.RefreshAsync();
        client.Now = FixedTime.Start.AddDays(31);
        repository.Expires = client.Now.AddDays(30);
        repository.Rotate(RoleName.Root);
        repository.Publish(RoleName.Targets);

        Assert.Equal(2, (await client.RefreshAsync()).Metadata.Signed.Version);
    }

    [Fact]
    public async Task Refresh_ClockWentBack_IsRefused()
    {
        await client.RefreshAsync();

        client.Now = FixedTime.Start.AddMinutes(-4);
        await client.RefreshAsync();
        // Small steps do not add up: the latest time that was seen counts.
        client.Now = FixedTime.Start.AddMinutes(-8);
        await client.RefusedAsync(TrustError.ClockWentBack);
    }

    [Fact]
    public async Task Refresh_OfflineAfterAnUpdateThatBrokeOff_CannotDecide()
    {
        await client.RefreshAsync();
        repository.Publish(RoleName.Targets);
        repository.Files.Remove("2.snapshot.json");
        await client.RefusedAsync(TrustError.MetadataUnknown, ["timestamp.json"]);

        client.Source = null;
        Assert.Equal(Outcome.Unreachable, (await client.RefusedAsync(TrustError.ServerUnreachable)).Info.Outcome);
    }

    [Fact]
    public async Task Refresh_Offline_UsesTheCacheWhileItIsFresh()
    {
        await client.RefreshAsync();
        client.Source = null;
        client.Now = FixedTime.Start.AddDays(29);
        Assert.Equal(1, (await client.RefreshAsync()).Metadata.Signed.Version);

        client.Now = FixedTime.Start.AddDays(30);
        await client.RefusedAsync(TrustError.Expired);
    }

    [Fact]
    public async Task Refresh_OfflineWithoutCache_CannotDecide()
    {
        client.Source = null;

        Assert.Equal(Outcome.Unreachable, (await client.RefusedAsync(TrustError.ServerUnreachable)).Info.Outcome);
    }

    [Fact]
    public async Task Refresh_OfflineWithFilesOfTwoTimes_CannotDecide()
    {
        await client.RefreshAsync();
        repository.Publish(RoleName.Targets);
        File.WriteAllBytes(Path.Combine(client.CacheDirectory, "snapshot.json"), repository.Files["snapshot.json"]);
        client.Source = null;

        await client.RefusedAsync(TrustError.ServerUnreachable);
    }

    private void ExpireAt(RoleName role, DateTimeOffset expires)
    {
        if (role == RoleName.Targets)
        {
            repository.Targets[role] = repository.Targets[role] with { Expires = expires };
            repository.WriteTargets(role);
        }
        if (role == RoleName.Snapshot)
            repository.Snapshot = repository.Snapshot with { Expires = expires };
        repository.WriteSnapshot();
        if (role == RoleName.Timestamp)
            repository.Timestamp = repository.Timestamp with { Expires = expires };
        repository.WriteTimestamp();
    }
}
