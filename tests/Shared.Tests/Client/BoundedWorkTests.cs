using System.Diagnostics;
using System.Globalization;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

/// <summary>Metadata that is as large as it may be takes seconds, not minutes.</summary>
public sealed class BoundedWorkTests : IDisposable
{
    private const int ManySigners = 1000;
    private const int ManyRoles = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly ClientFixture client;

    public BoundedWorkTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Find_ThresholdOfAThousandSignatures_CountsEveryOne()
    {
        var keys = TestKeys.New(ManySigners);
        var role = repository.Delegate(RoleName.Targets, "crowd", ["*"], threshold: ManySigners, keys: keys);
        repository.AddTarget(role, "file", "content");
        repository.Publish(RoleName.Targets, role);
        var watch = Stopwatch.StartNew();

        Assert.Equal(ManySigners, (await client.FindAsync("file"))!.Role.Signers.Signed.Length);
        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");

        repository.Signers[role] = [.. keys[1..]];
        repository.Publish(role);
        await client.RefusedAsync(TrustError.ThresholdNotMet, ["timestamp.json", "snapshot.json", "last-seen"], "file");
    }

    [Fact]
    public async Task Find_ChainOfTenThousandRoles_EndsAtTheLimit()
    {
        var keys = TestKeys.New(1);
        var last = RoleName.Targets;
        // More than are ever visited; those below them are listed alone.
        for (var i = 0; i < 40; i++)
            last = repository.Delegate(last, NameOf(i), ["*"], keys: keys);
        repository.PublishOnly([.. repository.Targets.Keys]);
        var meta = new Dictionary<RoleName, MetaFile>(repository.Snapshot.Meta);
        for (var i = meta.Count; i < ManyRoles; i++)
            meta[RoleName.ParseDelegated(NameOf(i))] = new MetaFile { Version = 1 };
        repository.Snapshot = repository.Snapshot with { Meta = meta };
        repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);
        var watch = Stopwatch.StartNew();

        await Refusal.OfAsync(TrustError.DelegationLimit, () => client.FindAsync("file"));

        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");
        Assert.Equal(4 + 31, repository.Requests.Count);
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"role-{number}");
}
