using System.Collections.Concurrent;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Errors;

namespace TrustService.EndToEnd.Tests.Publishing;

/// <summary>The server is killed with SIGKILL while it publishes, a hundred times. Each database has a class of its own, so that both can run at once.</summary>
public abstract class KillContract(string? database)
{
    private const int Kills = 100;
    private const int Repositories = 4;

    // The random moments of the kills, the same in every run.
    private const int Seed = 20261208;

    [Fact]
    public async Task Kill_InTheMiddleOfPublishing_LosesNothingThatWasAcknowledged()
    {
        using var server = await ServerProcess.StartAsync(database);
        var publishers = new List<Publisher>();
        try
        {
            for (var i = 0; i < Repositories; i++)
                publishers.Add(new Publisher(await OwnedRepository.CreateAsync(server, $"team/app{i}")));
            var keys = await Task.WhenAll(publishers.Select(publisher => OnlineKeyIds.ReadAsync(server, publisher.Repository)));
            var random = new Random(Seed);
            for (var kill = 1; kill <= Kills; kill++)
            {
                // Every repository is being published to all the time, so that a kill at any moment hits a publish.
                var publishing = publishers.Select(publisher => Task.Run(() => publisher.PublishUntilKilledAsync(server))).ToList();
                await Task.WhenAll(publishers.Select(publisher => publisher.NextAcknowledgementAsync()));
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 40)));
                server.Kill();
                await Task.WhenAll(publishing);

                await server.StartAgainAsync();
                foreach (var publisher in publishers)
                    await publisher.RequireEverythingAcknowledgedAsync(server, kill);
            }
            Assert.Equal(keys, await Task.WhenAll(publishers.Select(publisher => OnlineKeyIds.ReadAsync(server, publisher.Repository))));
            Assert.True(publishers.Sum(publisher => publisher.Interrupted) >= Kills, "Too few kills hit a publish.");
        }
        finally
        {
            foreach (var publisher in publishers)
                publisher.Repository.Dispose();
        }
    }

    /// <summary>Publishes one tag after the other to one repository, and keeps account of what the server acknowledged.</summary>
    private sealed class Publisher(OwnedRepository repository)
    {
        private readonly ConcurrentDictionary<string, long> acknowledged = new();
        private TaskCompletionSource next = NewSignal();

        public OwnedRepository Repository => repository;

        /// <summary>How often a publish was broken off.</summary>
        public int Interrupted { get; private set; }

        /// <summary>Publishes until the server is gone.</summary>
        public async Task PublishUntilKilledAsync(ServerProcess server)
        {
            try
            {
                while (true)
                {
                    // A publish that was broken off may have been carried out or not; it is simply done again.
                    var tag = $"v{acknowledged.Count}";
                    var result = await repository.SignAsync(server, "publisher", tag);
                    acknowledged[tag] = result.Roles[0].Version;
                    next.TrySetResult();
                }
            }
            catch (TrustException e) when (e.Error == TrustError.ServerUnreachable)
            {
                Interrupted++;
            }
            catch (Exception e)
            {
                next.TrySetException(e);
                throw;
            }
        }

        /// <summary>Waits for the next publish that the server acknowledges.</summary>
        public async Task NextAcknowledgementAsync()
        {
            await next.Task.WaitAsync(TimeSpan.FromSeconds(30));
            next = NewSignal();
        }

        /// <summary>Insists that somebody who never asked before can verify the repository and finds every acknowledged tag.</summary>
        public async Task RequireEverythingAcknowledgedAsync(ServerProcess server, int kill)
        {
            var current = (await repository.VerifyAsync(server)).Metadata.Signed;
            foreach (var (tag, version) in acknowledged)
            {
                Assert.True(current.Version >= version, $"{repository.Name} went back to {current.Version} after kill {kill}; {version} was acknowledged.");
                Assert.True(current.TargetFiles.TryGetValue(tag, out var target) && target.Hashes.ContentEquals(OwnedRepository.Image(tag).Hashes), $"{repository.Name}:{tag} is lost after kill {kill}.");
            }
            // At most the one publish that was broken off is there besides.
            Assert.InRange(current.TargetFiles.Count, acknowledged.Count, acknowledged.Count + 1);
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
