using System.Diagnostics;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class FileMetadataCacheTests : IDisposable
{
    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Write_ThenRead_GivesTheBytes()
    {
        using var cache = FileMetadataCache.Open(directory["new/cache"], CancellationToken.None);
        cache.Write("a.json", new byte[] { 1, 2 });
        cache.Write("a.json", new byte[] { 3 });

        Assert.Equal([3], cache.Read("a.json"));
        Assert.Null(cache.Read("b.json"));
        cache.Remove("a.json");
        cache.Remove("a.json");
        Assert.Null(cache.Read("a.json"));
    }

    [Fact]
    public void Open_NewDirectory_IsForItsOwnerOnly()
    {
        using var cache = FileMetadataCache.Open(directory["cache"], CancellationToken.None);

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory["cache"]));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a\0")]
    public void Write_NameThatIsNoPlainName_IsAMistakeOfTheCaller(string name)
    {
        using var cache = FileMetadataCache.Open(directory["cache"], CancellationToken.None);

        Assert.Throws<ArgumentException>(() => cache.Write(name, new byte[] { 1 }));
    }

    // What a run that was killed between writing and renaming leaves behind.
    [Fact]
    public async Task Refresh_LeftoverOfAKilledRun_IsIgnoredAndReplaced()
    {
        using var client = new ClientFixture(new RepositorySimulator(FixedTime.Start));
        await client.RefreshAsync();
        var before = client.State();
        foreach (var name in (string[])["root.json", "timestamp.json", "snapshot.json", "targets.json", "last-seen"])
            File.WriteAllText(Path.Combine(client.CacheDirectory, name + ".new"), "{\"signed\":{\"_ty");

        await client.RefreshAsync();
        Assert.All(before, file => Assert.Equal(file.Value, client.State()[file.Key]));

        client.Repository.Rotate(RoleName.Root);
        client.Repository.Publish(RoleName.Targets);
        Assert.Equal(2, (await client.RefreshAsync()).Metadata.Signed.Version);
    }

    [Theory]
    [InlineData("timestamp.json")]
    [InlineData("snapshot.json")]
    [InlineData("targets.json")]
    public async Task Refresh_StoredFileIsDamaged_IsFetchedAgain(string name)
    {
        using var client = new ClientFixture(new RepositorySimulator(FixedTime.Start));
        await client.RefreshAsync();
        foreach (var damage in (byte[][])[[], [0xFF, 0], "null"u8.ToArray(), "{\"signed\":null,\"signatures\":[]}"u8.ToArray()])
        {
            File.WriteAllBytes(Path.Combine(client.CacheDirectory, name), damage);

            await client.RefreshAsync();

            Assert.True(client.Holds(name, client.Repository.Files[name]));
        }
    }

    [Theory]
    [InlineData("root.json", 2)]
    [InlineData("timestamp.json", 1)]
    [InlineData("snapshot.json", 1)]
    [InlineData("targets.json", 1)]
    public async Task Refresh_DiskIsFull_IsRefusedAndTheNextRunSucceeds(string name, int rootVersion)
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        using var client = new ClientFixture(repository);
        await client.RefreshAsync();
        for (var version = 1; version < rootVersion; version++)
            repository.Rotate(RoleName.Root);
        repository.Publish(RoleName.Targets);
        // Every write to this device fails for want of space.
        var link = Path.Combine(client.CacheDirectory, name + ".new");
        File.CreateSymbolicLink(link, "/dev/full");
        var before = File.ReadAllBytes(Path.Combine(client.CacheDirectory, name));

        await Refusal.OfAsync(TrustError.LocalFile, client.RefreshAsync);

        Assert.Equal(before, File.ReadAllBytes(Path.Combine(client.CacheDirectory, name)));
        File.Delete(link);
        Assert.Equal(2, (await client.RefreshAsync()).Metadata.Signed.Version);
    }

    [Fact]
    public async Task Open_TwoRunsAtOnce_FollowOneAnother()
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        using var client = new ClientFixture(repository);

        var all = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            using var cache = client.OpenCache();
            // The simulator is not for several threads, but the lock lets one run at a time come here.
            return await new TrustClient(TufFormat.Instance, repository, cache, client.Now, client.Options).RefreshAsync(CancellationToken.None);
        }));

        Assert.All(await Task.WhenAll(all), top => Assert.Equal(1, top.Metadata.Signed.Version));
        Assert.Equal(["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"], repository.Requests.Take(4));
        Assert.Equal(1, repository.Requests.Count(name => name == "1.targets.json"));
    }

    [Fact]
    public async Task Open_WhileAnotherProcessHoldsTheLock_Waits()
    {
        using var client = new ClientFixture(new RepositorySimulator(FixedTime.Start));
        // flock(1) takes the lock in a process of its own, says so, and keeps it for a while.
        using var holder = Process.Start(new ProcessStartInfo("flock", [Path.Combine(client.CacheDirectory, ".lock"), "sh", "-c", "echo held; sleep 1"]) { RedirectStandardOutput = true })!;
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync());
        var watch = Stopwatch.StartNew();

        await client.RefreshAsync();

        Assert.True(watch.Elapsed > TimeSpan.FromMilliseconds(500), $"It waited {watch.Elapsed} only.");
        await holder.WaitForExitAsync();
    }

    [Fact]
    public void Open_GivenUpWhileAnotherRunHoldsTheLock_SaysWhatItWaitedFor()
    {
        using var holder = FileMetadataCache.Open(directory["cache"], CancellationToken.None);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        var ended = Assert.Throws<OperationCanceledException>(() => FileMetadataCache.Open(directory["cache"], deadline.Token));

        var refusal = Assert.IsType<TrustException>(ended.InnerException);
        Assert.Equal(TrustError.LocalFile, refusal.Error);
        Assert.Contains("Another signer run", refusal.Message, StringComparison.Ordinal);
    }
}
