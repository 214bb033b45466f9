using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Tuf;
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

    private static async Task<bool> DiesAsync(ClientFixture client, int point)
    {
        using var cache = client.OpenCache();
        var run = new TrustClient(TufFormat.Instance, client.Source, new DyingCache(cache, client.CacheDirectory, point), client.Now, client.Options);
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
