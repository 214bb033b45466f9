using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

/// <summary>
/// A run that ends like a killed process, at every point at which it touches the disk. Whatever it leaves, nothing false is believed
/// and the next run comes to the newest state.
/// </summary>
public sealed class InterruptedRunTests
{
    private const int PointsOfAWrite = 5;
    private const int PointsOfARemoval = 2;

    [Fact]
    public async Task Run_DiesAtAnyPointOfAnUpdate_NextRunSucceeds()
    {
        var points = 0;
        while (await DiesAtAsync(points, offlineAfterwards: false))
            points++;
        // Two removals and the writes of two roots, timestamp, snapshot, targets, the clock and a delegated role.
        Assert.Equal((7 * PointsOfAWrite) + (2 * PointsOfARemoval), points);
    }

    [Fact]
    public async Task Run_DiesAtAnyPointOfAnUpdate_OfflineNeverSeesAMixOfTwoStates()
    {
        for (var point = 0; await DiesAtAsync(point, offlineAfterwards: true);)
            point++;
    }

    // Not even a signed file of the repository's own past is accepted again after a run that died.
    [Fact]
    public async Task Run_DiesAtAnyPointOfAnUpdateWithTheSameKeys_RollbackIsStillRefused()
    {
        for (var point = 0; ; point++)
        {
            var repository = new RepositorySimulator(FixedTime.Start);
            using var client = new ClientFixture(repository);
            var old = new Dictionary<string, byte[]>(repository.Files);
            repository.Publish(RoleName.Targets);
            await client.RefreshAsync();
            repository.Publish(RoleName.Targets);
            if (!await DiesAsync(client, point))
                return;
            foreach (var (name, file) in old)
                repository.Files[name] = file;

            Assert.Equal("timestamp", (await client.RefusedAsync(TrustError.VersionRollback)).Role);
        }
    }

    // Some keys stay, others go: whatever is left on the disk, a past state that the keys of the root signed is not accepted again.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_DiesAtAnyPointOfARotationUnderAPin_RollbackIsStillRefused(bool isOldCache)
    {
        for (var point = 0; ; point++)
        {
            var repository = new RepositorySimulator(FixedTime.Start);
            using var client = new ClientFixture(repository);
            var second = TestKeys.New();
            repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [RoleName.Timestamp] = [.. repository.Signers[RoleName.Timestamp], second] });
            repository.Publish(RoleName.Targets);
            var old = new Dictionary<string, byte[]>(repository.Files);
            repository.Publish(RoleName.Targets);
            if (isOldCache)
                LeaveOldCache(client);
            else
                Assert.False(await DiesAsync(client, int.MaxValue, isPinned: true));
            repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [RoleName.Timestamp] = [second] });
            repository.Publish(RoleName.Targets);
            var newest = new Dictionary<string, byte[]>(repository.Files);
            var isDead = await DiesAsync(client, point, isPinned: true);
            foreach (var (name, file) in old)
                repository.Files[name] = file;

            Assert.Equal(TrustError.VersionRollback, (await Assert.ThrowsAsync<TrustException>(() => DiesAsync(client, int.MaxValue, isPinned: true))).Error);
            foreach (var (name, file) in newest)
                repository.Files[name] = file;
            Assert.False(await DiesAsync(client, int.MaxValue, isPinned: true));
            if (!isDead)
                return;
        }
    }

    // A thief of the snapshot key publishes far versions, the timestamp key signs them in good faith; then the snapshot key is replaced.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_DiesAtAnyPointOfARecoveryUnderAPin_FarVersionsAreForgotten(bool isOldCache)
    {
        for (var point = 0; ; point++)
        {
            var repository = new RepositorySimulator(FixedTime.Start);
            using var client = new ClientFixture(repository);
            repository.Snapshot = repository.Snapshot with { Version = 1000 };
            repository.WriteSnapshot();
            repository.Timestamp = repository.Timestamp with { Version = 1000 };
            repository.WriteTimestamp();
            if (isOldCache)
                LeaveOldCache(client);
            else
                Assert.False(await DiesAsync(client, int.MaxValue, isPinned: true));
            repository.Rotate(RoleName.Snapshot);
            repository.Snapshot = repository.Snapshot with { Version = 1 };
            repository.Timestamp = repository.Timestamp with { Version = 1 };
            repository.Publish(RoleName.Targets);
            var isDead = await DiesAsync(client, point, isPinned: true);

            Assert.False(await DiesAsync(client, int.MaxValue, isPinned: true));
            if (!isDead)
                return;
        }
    }

    // As versions of this program left it that kept the files of all pins together.
    private static void LeaveOldCache(ClientFixture client)
    {
        using var cache = client.OpenCache();
        var repository = client.Repository;
        var pin = RootPin.OfFile(TufFormat.Instance, repository.FirstRoot);
        cache.Write($"pin+{pin.CacheKey}.root.json", repository.Files["root.json"]);
        foreach (var name in (string[])["timestamp.json", "snapshot.json", "targets.json"])
            cache.Write(name, repository.Files[name == "timestamp.json" ? name : $"{(name == "targets.json" ? repository.Targets[RoleName.Targets].Version : repository.Snapshot.Version)}.{name}"]);
    }

    private static async Task<bool> DiesAtAsync(int point, bool offlineAfterwards)
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        var team = repository.Delegate(RoleName.Targets, "team", ["dir/*"]);
        repository.AddTarget(team, "dir/file", "one");
        repository.Publish(RoleName.Targets, team);
        using var client = new ClientFixture(repository);
        await client.FindAsync("dir/file");
        client.Now = FixedTime.Start.AddHours(1);
        repository.Rotate(RoleName.Root, RoleName.Timestamp, RoleName.Snapshot);
        repository.Rotate(RoleName.Root);
        repository.AddTarget(team, "dir/file", "second");
        repository.Publish(RoleName.Targets, team);
        if (!await DiesAsync(client, point))
            return false;
        if (offlineAfterwards)
        {
            client.Source = null;
            await NeitherOrAllAsync(client);
        }
        client.Source = repository;
        Assert.Equal("second".Length, (await client.FindAsync("dir/file"))!.Target.Length);
        return true;
    }

    private static async Task<bool> DiesAsync(ClientFixture client, int point, bool isPinned = false)
    {
        using var files = client.OpenCache();
        IMetadataCache cache = new DyingCache(files, client.CacheDirectory, point);
        if (isPinned)
        {
            var pinned = new PinnedCache(cache, "root.json", RootPin.OfFile(TufFormat.Instance, client.Repository.FirstRoot));
            if (pinned.Read("root.json") is null)
                files.Write($"pin+{RootPin.OfFile(TufFormat.Instance, client.Repository.FirstRoot).CacheKey}.root.json", client.Repository.FirstRoot);
            cache = pinned;
        }
        var run = new TrustClient(TufFormat.Instance, client.Source, cache, client.Now, client.Options);
        try
        {
            await run.FindAsync(await run.RefreshAsync(CancellationToken.None), "dir/file", CancellationToken.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    // The former state, the new one, or no decision; versions of one state only.
    private static async Task NeitherOrAllAsync(ClientFixture client)
    {
        try
        {
            var top = await client.RefreshAsync();
            Assert.Equal(top.Snapshot.Metadata.Signed.Version, top.Metadata.Signed.Version);
            Assert.Equal(top.Snapshot.Timestamp.Metadata.Signed.Version, top.Metadata.Signed.Version);
        }
        catch (TrustException e)
        {
            Assert.True(e.Error is TrustError.ServerUnreachable or TrustError.ThresholdNotMet, $"{e.Error}: {e.Message}");
        }
    }

    // Goes through the points at which a process can end: before a write, with nothing, half or all of the new content beside the name, and
    // after it took the name; before and after a removal.
    private sealed class DyingCache(IMetadataCache inner, string directory, int point) : IMetadataCache
    {
        private int left = point;

        public byte[]? Read(string fileName) => inner.Read(fileName);

        public void Write(string fileName, ReadOnlyMemory<byte> bytes)
        {
            DieHere();
            foreach (var written in (int[])[0, bytes.Length / 2, bytes.Length])
            {
                if (left == 0)
                    File.WriteAllBytes(Path.Combine(directory, fileName + ".new"), bytes[..written].ToArray());
                DieHere();
            }
            inner.Write(fileName, bytes);
            DieHere();
        }

        public IReadOnlyList<string> List(string start, string end) => inner.List(start, end);

        public void Remove(string fileName)
        {
            DieHere();
            inner.Remove(fileName);
            DieHere();
        }

        private void DieHere()
        {
            if (left-- == 0)
                throw new IOException("The process ends here.");
        }
    }
}
