using System.Text;
using System.Text.Json.Nodes;
using TrustService.Client;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

/// <summary>
/// Over any sequence of good and corrupt updates, neither what a client accepts nor what it keeps for the next run ever has a
/// lower version than before, and the first honest update after all that is accepted.
/// </summary>
public sealed class HostileHistoryTests
{
    private static readonly string[] Roles = ["root", "timestamp", "snapshot", "targets", "team"];

    [Fact]
    public void Refresh_GoodAndCorruptUpdates_NeverLowerAVersionAndNeverLockOut() => Property.ForAll(25, random =>
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        var team = repository.Delegate(RoleName.Targets, "team", ["*"]);
        repository.Publish(RoleName.Targets, team);
        var cache = new MemoryCache();
        cache.Write("root.json", repository.FirstRoot);
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var step = 0; step < 15; step++)
        {
            Publish(repository, team, random);
            var honest = new Dictionary<string, byte[]>(repository.Files);
            if (random.Next(3) > 0)
                Corrupt(repository, team, honest, random);
            var accepted = Refusal.IsAccepted(() => Run(repository, cache));
            RequireNotLower(cache, seen, step);
            foreach (var (name, file) in honest)
                repository.Files[name] = file;
            if (!accepted && random.Next(2) == 0)
            {
                Run(repository, cache);
                RequireNotLower(cache, seen, step);
            }
        }
        Run(repository, cache);
        RequireNotLower(cache, seen, int.MaxValue);
        Assert.Equal(repository.Timestamp.Version, seen["timestamp"]);
        Assert.Equal(repository.Targets[team].Version, seen["team"]);
    });

    private static void Publish(RepositorySimulator repository, RoleName team, Random random)
    {
        switch (random.Next(5))
        {
            case 0: repository.PublishTimestamp(); break;
            case 1: repository.Publish(RoleName.Targets); break;
            case 2: repository.Publish(RoleName.Targets, team); break;
            // The keys of snapshot and timestamp stay: with new ones versions may go back by the specification.
            case 3: repository.Rotate(random.Next(2) == 0 ? RoleName.Root : RoleName.Targets); repository.Publish(RoleName.Targets); break;
            default: repository.Publish(team); break;
        }
    }

    private static void Corrupt(RepositorySimulator repository, RoleName team, Dictionary<string, byte[]> honest, Random random)
    {
        string[] current = [$"{repository.Root.Version}.root.json", "timestamp.json", $"{repository.Snapshot.Version}.snapshot.json", $"{repository.Targets[RoleName.Targets].Version}.targets.json", $"{repository.Targets[team].Version}.team.json"];
        for (var damages = random.Next(1, 4); damages > 0; damages--)
        {
            var name = current[random.Next(current.Length)];
            var file = honest[name];
            var other = honest.Keys.Order(StringComparer.Ordinal).ElementAt(random.Next(honest.Count));
            repository.Files[name] = random.Next(8) switch
            {
                0 => MetadataCorruptor.WithoutSignatures(file),
                1 => MetadataCorruptor.WithWrongSignature(file),
                2 => MetadataCorruptor.WithSignatureTwice(file),
                3 => MetadataCorruptor.WithOtherHash(file),
                4 => MetadataCorruptor.Edit(file, json => json["signed"]!["version"] = random.Next(1, 40)),
                // Signed by whoever should sign it, but with a version of the thief's choice.
                5 => Forged(repository, name, file, random),
                6 => honest[other],
                _ => Encoding.UTF8.GetBytes(Mutation.Of(Encoding.UTF8.GetString(file), random)),
            };
        }
    }

    // A forged timestamp or snapshot of a higher version would be accepted, and rightly; here versions only go back.
    private static byte[] Forged(RepositorySimulator repository, string name, byte[] file, Random random)
    {
        var role = RoleName.Parse(JsonNode.Parse(file)!["signed"]!["_type"]!.GetValue<string>() is var type && name.Contains("team", StringComparison.Ordinal) ? "team" : type);
        var version = JsonNode.Parse(file)!["signed"]!["version"]!.GetValue<long>();
        return MetadataCorruptor.Forge(file, signed => signed["version"] = Math.Max(1, version - random.Next(1, 4)), repository.Signers[role]);
    }

    private static void Run(RepositorySimulator repository, MemoryCache cache)
    {
        var client = new TrustClient(TufFormat.Instance, repository, cache, FixedTime.Start, new TrustClientOptions());
        TrustedTargets top = client.RefreshAsync(CancellationToken.None).GetAwaiter().GetResult();
        _ = client.FindAsync(top, "any", CancellationToken.None).GetAwaiter().GetResult();
    }

    private static void RequireNotLower(MemoryCache cache, Dictionary<string, long> seen, int step)
    {
        foreach (var role in Roles)
        {
            if (cache.Read(role + ".json") is not { } file)
                continue;
            var version = JsonNode.Parse(file)!["signed"]!["version"]!.GetValue<long>();
            Assert.True(version >= seen.GetValueOrDefault(role), $"{role} went from {seen.GetValueOrDefault(role)} to {version} in step {step}.");
            seen[role] = version;
        }
    }
}
