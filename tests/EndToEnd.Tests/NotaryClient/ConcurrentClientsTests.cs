using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>Several machines with the same keys that publish at once.</summary>
public sealed class ConcurrentClientsTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    private const int Clients = 6;
    private const int Rounds = 6;

    [Theory]
    [InlineData(NotaryServers.SqliteOverTls)]
    [InlineData(NotaryServers.PostgresOverTls)]
    public async Task Publishes_AtTheSameMoment_AreEitherWholeOrRefusedAsAConflict(string kind)
    {
        var server = await NotaryServers.RentAsync(kind);
        try
        {
            await PublishAtOnceAsync(server);
        }
        finally
        {
            NotaryServers.Return(kind);
        }
    }

    [Fact]
    public async Task Publish_OfWhatWasStagedBeforeAnotherPublished_KeepsBoth()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var second = world.CopyOf(owner);
        var content = owner.NewContent("app.bin", 10);
        await second.DoAsync("add", repository, "second", content);
        await owner.PublishAsync("add", "-p", repository, "first", content);

        // A client fetches what is current before it signs: the change of the other is not undone.
        await second.PublishAsync("publish", repository);

        Assert.Equal(["first", "second"], (await world.NewClient().ListAsync(repository)).Keys.Order());
        Assert.Equal(4, await world.VersionAsync(repository, "targets"));
    }

    private async Task PublishAtOnceAsync(ServerProcess server)
    {
        var (owner, repository) = (world.NewClient(server), NotaryWorld.NewName());
        await owner.PublishAsync("init", "-p", repository);
        await owner.DoAsync("key", "rotate", repository, "snapshot", "-r");
        var content = owner.NewContent("app.bin", 10);
        var expected = new HashSet<string>();
        var refusals = new List<ProgramRun>();
        for (var round = 0; round < Rounds && refusals.Count == 0; round++)
        {
            await owner.ListAsync(repository);
            var machines = Enumerable.Range(0, Clients).Select(_ => world.CopyOf(owner)).ToList();
            var names = machines.Select((_, i) => $"r{round}-{i}").ToList();
            for (var i = 0; i < Clients; i++)
                await machines[i].DoAsync("add", repository, names[i], content);

            var runs = await Task.WhenAll(machines.Select(machine => machine.RunAsync("publish", repository)));

            expected.UnionWith(names.Where((_, i) => runs[i].ExitCode == 0));
            refusals.AddRange(runs.Where(run => run.ExitCode != 0));
            Assert.Contains(runs, run => run.ExitCode == 0);
            Assert.Equal(expected.Order(StringComparer.Ordinal), (await world.NewClient(server).ListAsync(repository)).Keys.Order(StringComparer.Ordinal));
        }

        // The client knows the answer 400 VERSION only as this sentence; any other status would read differently.
        Assert.NotEmpty(refusals);
        Assert.All(refusals, run => run.Fails("trust server rejected operation."));
        Assert.Equal(2 + expected.Count, NotaryWorld.Signed(await NotaryWorld.FileAsync(server, repository, "targets.json")).GetProperty("version").GetInt64());
    }
}
