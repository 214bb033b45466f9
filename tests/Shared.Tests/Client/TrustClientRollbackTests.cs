using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class TrustClientRollbackTests : IDisposable
{
    private const long Far = 9_007_199_254_740_991;

    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly ClientFixture client;

    public TrustClientRollbackTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Refresh_SnapshotVersionInTimestampGoesBack_RefusesTheTimestamp()
    {
        repository.Publish();
        await client.RefreshAsync();
        repository.Snapshot = repository.Snapshot with { Version = 1 };
        repository.WriteSnapshot();
        repository.PublishTimestamp();

        Assert.Equal("snapshot", (await client.RefusedAsync(TrustError.VersionRollback)).Role);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refresh_TargetsVersionInSnapshotGoesBack_RefusesTheSnapshot(bool listsHashes)
    {
        repository.ListsHashes = listsHashes;
        repository.Publish(RoleName.Targets);
        await client.RefreshAsync();
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with { Version = 1 };
        repository.WriteTargets(RoleName.Targets);
        repository.Publish();

        Assert.Equal("targets", (await client.RefusedAsync(TrustError.VersionRollback, ["timestamp.json"])).Role);
    }

    [Fact]
    public async Task Refresh_DelegatedVersionInSnapshotGoesBack_RefusesTheSnapshot()
    {
        var role = repository.Delegate(RoleName.Targets, "team", ["*"]);
        repository.Publish(RoleName.Targets, role);
        repository.Publish(role);
        await client.RefreshAsync();
        repository.Targets[role] = repository.Targets[role] with { Version = 1 };
        repository.WriteTargets(role);
        repository.Publish();

        Assert.Equal("team", (await client.RefusedAsync(TrustError.VersionRollback, ["timestamp.json"])).Role);
    }

    // A stored file that has expired, or that the new timestamp no longer names, still guards against going back.
    [Fact]
    public async Task Refresh_StoredFilesHaveExpired_StillGuardAgainstRollback()
    {
        repository.Publish(RoleName.Targets);
        await client.RefreshAsync();
        client.Now = FixedTime.Start.AddDays(31);
        repository.Expires = client.Now.AddDays(30);
        repository.Rotate(RoleName.Root);
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with { Version = 1, Expires = repository.Expires };
        repository.WriteTargets(RoleName.Targets);
        repository.Publish();

        await client.RefusedAsync(TrustError.VersionRollback, ["root.json", "timestamp.json"]);
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    public async Task Refresh_OnlineKeyRotatedAfterFastForward_AcceptsLowVersionsAgain(string rotated)
    {
        repository.Timestamp = repository.Timestamp with { Version = Far };
        repository.Snapshot = repository.Snapshot with { Version = Far };
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with { Version = Far };
        repository.WriteTargets(RoleName.Targets);
        repository.WriteSnapshot();
        repository.WriteTimestamp();
        await client.RefreshAsync();

        repository.Rotate(RoleName.Parse(rotated));
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with { Version = 2 };
        repository.WriteTargets(RoleName.Targets);
        repository.Snapshot = repository.Snapshot with { Version = 2 };
        repository.WriteSnapshot();
        repository.Timestamp = repository.Timestamp with { Version = 2 };
        repository.WriteTimestamp();

        Assert.Equal(2, (await client.RefreshAsync()).Metadata.Signed.Version);
    }

    [Fact]
    public async Task Refresh_KeyAddedToTimestamp_ForgetsNothing()
    {
        repository.PublishTimestamp();
        await client.RefreshAsync();
        var old = repository.Timestamp;
        repository.Rotate(new Dictionary<RoleName, TrustService.Keys.ISigningKey[]> { [RoleName.Timestamp] = [.. repository.Signers[RoleName.Timestamp], TestKeys.New()] });
        repository.Timestamp = old with { Version = 1 };
        repository.WriteTimestamp();

        await client.RefusedAsync(TrustError.VersionRollback, ["root.json"]);
    }

    // The rule that all others serve, against a repository whose online keys and mirror do anything they can.
    [Fact]
    public void Refresh_RandomHistory_NeverAcceptsALowerVersion() => Property.ForAll(25, random =>
    {
        var hostile = new RepositorySimulator(FixedTime.Start);
        using var victim = new ClientFixture(hostile);
        var role = hostile.Delegate(RoleName.Targets, "team", ["*"]);
        hostile.Publish(RoleName.Targets, role);
        var seen = new Dictionary<RoleName, long>();
        var former = new List<Dictionary<string, byte[]>>();
        for (var step = 0; step < 12; step++)
        {
            former.Add(new Dictionary<string, byte[]>(hostile.Files));
            switch (random.Next(6))
            {
                case 0: hostile.Publish(random.Next(2) == 0 ? RoleName.Targets : role); break;
                case 1: hostile.PublishTimestamp(); break;
                case 2: hostile.Timestamp = hostile.Timestamp with { Version = random.Next(1, 9) }; hostile.WriteTimestamp(); break;
                case 3: hostile.Snapshot = hostile.Snapshot with { Version = random.Next(1, 9) }; hostile.WriteSnapshot(); hostile.PublishTimestamp(); break;
                case 4: hostile.Targets[role] = hostile.Targets[role] with { Version = random.Next(1, 9) }; hostile.WriteTargets(role); hostile.Publish(); break;
                default:
                    foreach (var (name, file) in former[random.Next(former.Count)])
                        hostile.Files[name] = file;
                    break;
            }
            TrustService.Verification.TrustedTargets? accepted = null;
            _ = Refusal.IsAccepted(() => accepted = victim.RefreshAsync().GetAwaiter().GetResult());
            if (accepted is null)
                continue;
            var versions = accepted.Snapshot.Metadata.Signed.Meta.ToDictionary(entry => entry.Key, entry => entry.Value.Version!.Value);
            versions[RoleName.Timestamp] = accepted.Snapshot.Timestamp.Metadata.Signed.Version;
            versions[RoleName.Snapshot] = accepted.Snapshot.Metadata.Signed.Version;
            foreach (var (name, version) in versions)
            {
                Assert.True(version >= seen.GetValueOrDefault(name), $"{name} went from {seen.GetValueOrDefault(name)} to {version} in step {step}.");
                seen[name] = version;
            }
            Assert.True(seen.Keys.All(versions.ContainsKey));
        }
    });
}
