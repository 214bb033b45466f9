using System.Diagnostics;
using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Publishing;

/// <summary>Two servers on one PostgreSQL database, behind which a load balancer could stand.</summary>
public sealed class TwoServersTests
{
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task TwoServers_OnOneDatabase_ServeEachOthersPublishesWithinASecond()
    {
        var (first, second) = await StartBothAsync();
        using var _ = first;
        using var __ = second;
        using var repository = await OwnedRepository.CreateAsync(first, "team/app");
        // Both have the repository in their caches before it changes.
        await repository.VerifyAsync(first);
        await repository.VerifyAsync(second);

        for (var i = 0; i < 10; i++)
        {
            var (writer, reader) = i % 2 == 0 ? (first, second) : (second, first);
            await repository.SignAsync(writer, "ci", $"tag-{i}");
            var watch = Stopwatch.StartNew();
            while (!(await repository.VerifyAsync(reader)).Metadata.Signed.TargetFiles.ContainsKey($"tag-{i}"))
                Assert.True(watch.Elapsed < Goal, $"tag-{i} is not served by the other server after {watch.Elapsed}.");
        }
    }

    [Fact]
    public async Task TwoServers_BothPublishingToOneRepository_GiveALinearHistory()
    {
        var (first, second) = await StartBothAsync();
        using var _ = first;
        using var __ = second;
        using var repository = await OwnedRepository.CreateAsync(first, "team/app");

        await Task.WhenAll(PublishAllAsync(repository, first, "a"), PublishAllAsync(repository, second, "b"));

        var current = await repository.VerifyAsync(second);
        Assert.Equal(41, current.Metadata.Signed.Version);
        await PublishedHistory.RequireLinearAsync(first, repository, current);
    }

    private static async Task PublishAllAsync(OwnedRepository repository, ServerProcess server, string name)
    {
        for (var i = 0; i < 20; i++)
            await repository.SignAsync(server, name, $"{name}-{i}");
    }

    private static async Task<(ServerProcess First, ServerProcess Second)> StartBothAsync()
    {
        var database = Databases.Create(Databases.PostgreSQL);
        var first = await ServerProcess.StartAsync(database);
        try
        {
            var masterKey = Path.Combine(first.DataDirectory, "master.key");
            return (first, await ServerProcess.StartAsync(database, new Dictionary<string, string?> { ["TRUST_MASTER_KEY_FILE"] = masterKey }));
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }
}
