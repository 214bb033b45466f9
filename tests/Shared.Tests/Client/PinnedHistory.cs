using System.Text.Json.Nodes;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

/// <summary>
/// A random history of a repository whose online keys are added, removed and replaced, and of pins on one machine that see any part of it.
/// After every run it requires that nothing went back behind what any run accepted, as far as the keys of the run's root signed that.
/// </summary>
internal sealed class PinnedHistory(Random random) : IDisposable
{
    private static readonly RepositoryName Name = RepositoryName.Parse("registry.example.com/team/app");
    private static readonly RoleName[] Online = [RoleName.Timestamp, RoleName.Snapshot];

    private readonly TestDirectory directory = new();
    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly RepositorySimulator foreign = new(FixedTime.Start);
    private readonly List<Dictionary<string, byte[]>> states = [];
    private readonly List<(ReadOnlyMemory<byte> Timestamp, ReadOnlyMemory<byte> Snapshot)> accepted = [];

    /// <summary>The repository changes, then a pin sees some state of it, or a foreign one is used.</summary>
    public void Step()
    {
        Change();
        states.Add(new Dictionary<string, byte[]>(repository.Files));
        switch (random.Next(6))
        {
            case 0:
                foreign.Publish(RoleName.Targets);
                Assert.True(TryRun(foreign.FirstRoot, foreign), "A foreign repository was refused.");
                break;
            case 1:
                _ = TryRun(RootOfAThief(), Mirror(0));
                break;
            case 2:
                RequireNewest();
                break;
            default:
                _ = TryRun(AnyRoot(), Mirror(random.NextInt64(1, repository.Root.Version + 1)));
                break;
        }
    }

    /// <summary>A pin, whatever was seen before, accepts what is served now.</summary>
    public void RequireNewest() => Assert.True(TryRun(AnyRoot(), repository), "The newest state was refused.");

    public void Dispose() => directory.Dispose();

    private void Change()
    {
        switch (random.Next(7))
        {
            case 0:
                Replace([RoleName.Timestamp]);
                break;
            case 1:
                Replace([RoleName.Snapshot]);
                break;
            case 2:
                Replace(Online);
                break;
            case 3:
                AddOrRemoveAKey();
                break;
            case 4:
                repository.PublishTimestamp();
                return;
            default:
                break;
        }
        // One key of each role signs, for as long as it is listed.
        var all = Online.ToDictionary(role => role, role => repository.Signers[role]);
        foreach (var (role, keys) in all)
            repository.Signers[role] = [keys[0]];
        repository.Publish(random.Next(2) == 0 ? [RoleName.Targets] : []);
        foreach (var (role, keys) in all)
            repository.Signers[role] = keys;
    }

    // The owner begins anew with low versions where no key is left that signed higher ones.
    private void Replace(RoleName[] roles)
    {
        repository.Rotate(roles);
        if (roles.Contains(RoleName.Timestamp) && random.Next(2) == 0)
        {
            repository.Timestamp = repository.Timestamp with { Version = 0 };
            if (roles.Contains(RoleName.Snapshot))
                repository.Snapshot = repository.Snapshot with { Version = 0 };
        }
    }

    private void AddOrRemoveAKey()
    {
        var role = Online[random.Next(2)];
        var keys = repository.Signers[role].ToList();
        if (keys.Count > 1 && random.Next(2) == 0)
            keys.RemoveAt(random.Next(keys.Count));
        else
            keys.Add(TestKeys.New());
        repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [role] = [.. keys] });
    }

    private byte[] AnyRoot() => repository.Files[$"{random.NextInt64(1, repository.Root.Version + 1)}.root.json"];

    // Any past state with the first so many roots; sometimes without its snapshot.
    private MemoryMetadata Mirror(long roots)
    {
        var mirror = new MemoryMetadata();
        var hidesSnapshots = random.Next(4) == 0;
        foreach (var (name, file) in states[random.Next(states.Count)])
        {
            if (!name.EndsWith("root.json", StringComparison.Ordinal) && !(hidesSnapshots && name.EndsWith("snapshot.json", StringComparison.Ordinal)))
                mirror.Files[name] = file;
        }
        for (var version = 1L; version <= roots; version++)
            mirror.Files[$"{version}.root.json"] = repository.Files[$"{version}.root.json"];
        return mirror;
    }

    // Lists the keys of the repository for every role but root.
    private byte[] RootOfAThief()
    {
        var key = TestKeys.New();
        var root = JsonNode.Parse(AnyRoot())!["signed"]!.AsObject();
        root["keys"]![key.Describe().Id.Value] = JsonNode.Parse(key.Describe().Source.GetRawText());
        root["roles"]!["root"]!["keyids"] = new JsonArray(key.Describe().Id.Value);
        return RepositoryBuilder.Sign(root, (key.Describe().Id.Value, key));
    }

    private bool TryRun(byte[] root, IMetadataSource source)
    {
        TrustedSnapshot? seen = null;
        if (!Refusal.IsAccepted(() => seen = RunAsync(RootPin.OfFile(TufFormat.Instance, root), source).GetAwaiter().GetResult().Snapshot))
            return false;
        foreach (var (timestampFile, snapshotFile) in accepted)
        {
            if (seen!.Root.RecallTimestamp(timestampFile) is not { } timestamp || timestamp.RecallSnapshot(snapshotFile) is not { } snapshot)
                continue;
            RequireNotLower(RoleName.Timestamp, seen.Timestamp.Metadata.Signed.Version, timestamp.Metadata.Signed.Version);
            RequireNotLower(RoleName.Snapshot, seen.Metadata.Signed.Version, snapshot.Metadata.Signed.Version);
            RequireNotLower(RoleName.Targets, seen.Listed(RoleName.Targets).Version!.Value, snapshot.Listed(RoleName.Targets).Version!.Value);
        }
        accepted.Add((seen!.Timestamp.Metadata.File, seen.Metadata.File));
        return true;
    }

    private static void RequireNotLower(RoleName role, long now, long before) =>
        Assert.True(now >= before, $"{role} {now} was accepted after {before} under the same keys.");

    private async Task<TrustedTargets> RunAsync(RootPin pin, IMetadataSource source)
    {
        using var trust = await RepositoryTrust.OpenAsync(Name, pin, MetadataFormats.All, _ => source, directory.FullPath, FixedTime.Start, CancellationToken.None);
        return await trust.StartRun(FixedTime.Start, new TrustClientOptions()).RefreshAsync(CancellationToken.None);
    }
}
