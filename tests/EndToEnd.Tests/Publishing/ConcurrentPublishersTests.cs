using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Publishing;

/// <summary>Many publishers of one repository at once: case B 22 and B 23 with a real server.</summary>
public sealed class ConcurrentPublishersTests
{
    private const int Publishers = 50;

    public static TheoryData<string> EveryDatabase => Databases.Both;

    [Theory]
    [MemberData(nameof(EveryDatabase))]
    public async Task Publish_FiftyAtOnce_GivesALinearHistoryWithEveryTag(string database)
    {
        using var server = await ServerProcess.StartAsync(Databases.Create(database));
        using var repository = await OwnedRepository.CreateAsync(server, "team/busy");
        var tags = Enumerable.Range(0, Publishers).Select(i => $"build-{i}").ToList();

        var results = await Task.WhenAll(tags.Select(tag => Task.Run(() => repository.SignAsync(server, tag, tag))));

        var current = await repository.VerifyAsync(server);
        Assert.Equal(Publishers + 1, current.Metadata.Signed.Version);
        Assert.Equal(tags.Order(StringComparer.Ordinal), current.Metadata.Signed.TargetFiles.Keys.Order(StringComparer.Ordinal));
        Assert.All(tags, tag => Assert.True(OwnedRepository.Image(tag).Hashes.ContentEquals(current.Metadata.Signed.TargetFiles[tag].Hashes), tag));
        // Each publisher was told a version of his own.
        Assert.Equal(Enumerable.Range(2, Publishers).Select(v => (long)v), results.Select(result => result.Roles[0].Version).Order());
        await PublishedHistory.RequireLinearAsync(server, repository, current);
        await RequireCurrentIsWholeAsync(server, repository, current.Snapshot.Timestamp.Metadata.Signed.Version);
    }

    [Fact]
    public async Task Publish_WhileOthersRead_EveryReaderSeesOneConsistentSet()
    {
        using var server = await ServerProcess.StartAsync();
        using var repository = await OwnedRepository.CreateAsync(server, "team/read-while-written");
        using var end = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var (reads, last) = (0, 0L);
            while (!end.IsCancellationRequested)
            {
                // Throws if timestamp, snapshot and targets do not belong together.
                var seen = await repository.VerifyAsync(server);
                Assert.True(seen.Metadata.Signed.Version >= last, "A reader was sent back to an older version.");
                last = seen.Metadata.Signed.Version;
                reads++;
            }
            return reads;
        })).ToList();

        for (var i = 0; i < 40; i++)
            await repository.SignAsync(server, "publisher", $"tag-{i}");
        await end.CancelAsync();

        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 0));
    }

    private static async Task RequireCurrentIsWholeAsync(ServerProcess server, OwnedRepository repository, long timestampVersion)
    {
        var again = await repository.VerifyAsync(server);
        Assert.Equal(timestampVersion, again.Snapshot.Timestamp.Metadata.Signed.Version);
    }
}
