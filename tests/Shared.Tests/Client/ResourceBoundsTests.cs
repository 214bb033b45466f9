using System.Diagnostics;
using System.Text.Json.Nodes;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

/// <summary>Repositories of a size that nobody needs: the work is bounded, and what is beyond the bounds is refused with a code.</summary>
public sealed class ResourceBoundsTests
{
    private const int Many = 1000;
    private const int Deep = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly Lazy<RepositorySimulator> LongChain = new(Chain);

    [Fact]
    public async Task Find_ThresholdOfAThousandSignatures_IsQuickAndOneLessIsRefused()
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        var keys = TestKeys.New(Many);
        var role = repository.Delegate(RoleName.Targets, "crowd", ["*"], threshold: Many, keys: keys);
        repository.AddTarget(role, "file", "content");
        repository.Publish(RoleName.Targets, role);
        var watch = Stopwatch.StartNew();

        Assert.Equal(Many, (await FindAsync(repository, "file")).Role.Signers.Signed.Length);
        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");

        repository.Signers[role] = [.. keys[1..]];
        repository.Publish(role);
        var refusal = await Refusal.OfAsync(TrustError.ThresholdNotMet, () => FindAsync(repository, "file"));
        Assert.Contains($"{Many - 1} of {Many}", refusal.Message, StringComparison.Ordinal);
    }

    // However many signatures a file brings, no more are looked at than the role has keys.
    [Fact]
    public void Count_ThousandsOfForeignSignatures_DoNotCount()
    {
        var (listed, stranger) = (TestKeys.New(), TestKeys.New());
        var keys = new Dictionary<KeyId, PublicKey> { [listed.Describe().Id] = listed.Describe() };
        var file = MetadataCorruptor.Edit(Signed([stranger]).File.ToArray(), json =>
        {
            var one = json["signatures"]![0]!;
            json["signatures"] = new JsonArray([.. Enumerable.Range(0, MetadataLimits.MaxSignatures).Select(i => (JsonNode)new JsonObject { ["keyid"] = $"{i}", ["sig"] = one["sig"]!.DeepClone() })]);
        });

        var result = SignatureThreshold.Count(TufFormat.Instance.Read<Targets>(file, int.MaxValue), keys, new RoleKeys { KeyIds = [.. keys.Keys], Threshold = 1 });

        Assert.Empty(result.Signed);
        Assert.Single(result.Missing);
    }

    [Fact]
    public void Read_MoreSignaturesThanAnyRoleMayAskFor_IsRefused()
    {
        var file = MetadataCorruptor.Edit(Signed(TestKeys.New(1)).File.ToArray(), json =>
            json["signatures"] = new JsonArray([.. Enumerable.Range(0, MetadataLimits.MaxSignatures + 1).Select(i => (JsonNode)new JsonObject { ["keyid"] = $"{i}", ["sig"] = "" })]));

        Refusal.Of(TrustError.TooLarge, () => TufFormat.Instance.Read<Targets>(file, int.MaxValue));
    }

    [Fact]
    public async Task Find_ChainOfTenThousandRoles_EndsAtTheLimit()
    {
        var repository = LongChain.Value;
        var client = Client(repository, VerificationLimits.Default);
        var top = await client.RefreshAsync(CancellationToken.None);
        repository.Requests.Clear();
        var watch = Stopwatch.StartNew();

        await Refusal.OfAsync(TrustError.DelegationLimit, () => client.FindAsync(top, "wanted", CancellationToken.None));

        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");
        Assert.Equal(VerificationLimits.Default.MaxVisitedRoles - 1, repository.Requests.Count);
    }

    [Fact]
    public async Task List_ChainOfTenThousandRoles_EndsAtTheLimit()
    {
        var repository = LongChain.Value;
        var client = Client(repository, VerificationLimits.Default);
        var top = await client.RefreshAsync(CancellationToken.None);
        repository.Requests.Clear();

        await Refusal.OfAsync(TrustError.DelegationLimit, () => TargetListing.ReadAsync(client, top, CancellationToken.None));

        Assert.True(repository.Requests.Count < 1100, $"{repository.Requests.Count} files were fetched.");
    }

    // What one stolen delegated key can publish: a listing would compare each of its targets with each of its patterns.
    [Fact]
    public async Task List_ManyTargetsAndPatterns_IsRefusedAndTheHintLeftOut()
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        var thief = repository.Delegate(RoleName.Targets, "thief", ["*"]);
        var below = repository.Delegate(thief, "below", ["x*"]);
        var delegations = repository.Targets[thief].Delegations!;
        var decoys = Enumerable.Range(0, 3000).Select(i => delegations.Roles[0] with { Name = RoleName.ParseDelegated($"decoy{i}"), Paths = ["*?*?*?*?*?*z"] });
        repository.Targets[thief] = repository.Targets[thief] with { Delegations = delegations with { Roles = [.. decoys, .. delegations.Roles] } };
        var file = new TargetFile { Length = 1, Hashes = FileHashes.OfSha256([1]) };
        repository.Targets[below] = repository.Targets[below] with { TargetFiles = Enumerable.Range(0, 15_000).ToDictionary(i => $"x{i}aaaaaaaaaaaa", _ => file) };
        repository.Publish(RoleName.Targets, thief, below);
        var client = Client(repository, VerificationLimits.Default);
        var top = await client.RefreshAsync(CancellationToken.None);

        await Refusal.OfAsync(TrustError.DelegationLimit, () => TargetListing.ReadAsync(client, top, CancellationToken.None));

        Assert.Null(await TargetListing.TryReadAsync(client, top, CancellationToken.None));
        Assert.Equal("below", (await client.FindAsync(top, "x1aaaaaaaaaaaa", CancellationToken.None))!.Role.Role.Value);
    }

    [Fact]
    public async Task List_GivenUp_EndsAlthoughEverythingIsHere()
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        repository.AddTarget(RoleName.Targets, "1.0", "content");
        repository.Publish(RoleName.Targets);
        var client = Client(repository, VerificationLimits.Default);
        var top = await client.RefreshAsync(CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TargetListing.ReadAsync(client, top, new CancellationToken(canceled: true)));
    }

    // Whoever raises the limit gets an answer, not an exhausted stack: the search is a loop.
    [Fact]
    public async Task Find_ChainOfTenThousandRolesWithAHigherLimit_FindsTheTarget()
    {
        var repository = LongChain.Value;
        var client = Client(repository, new VerificationLimits { MaxVisitedRoles = Deep + 1 });

        var found = await client.FindAsync(await client.RefreshAsync(CancellationToken.None), "wanted", CancellationToken.None);

        Assert.Equal($"r{Deep - 1}", found!.Role.Role.Value);
    }

    private static async Task<FoundTarget> FindAsync(RepositorySimulator repository, string targetPath)
    {
        var client = Client(repository, VerificationLimits.Default);
        return (await client.FindAsync(await client.RefreshAsync(CancellationToken.None), targetPath, CancellationToken.None))!;
    }

    private static TrustClient Client(RepositorySimulator repository, VerificationLimits limits)
    {
        var cache = new MemoryCache();
        cache.Write("root.json", repository.FirstRoot);
        return new TrustClient(TufFormat.Instance, repository, cache, FixedTime.Start, new TrustClientOptions { Limits = limits });
    }

    private static RepositorySimulator Chain()
    {
        var repository = new RepositorySimulator(FixedTime.Start, listsHashes: false);
        var keys = TestKeys.New(1);
        var parent = RoleName.Targets;
        for (var i = 0; i < Deep; i++)
            parent = repository.Delegate(parent, $"r{i}", ["*"], keys: keys);
        repository.AddTarget(parent, "wanted", "content");
        foreach (var (role, targets) in repository.Targets)
            repository.Files[TufFormat.Instance.Rules.FileName(role, 1)] = MetadataCorruptor.Sign(targets with { Version = 1 }, repository.Signers[role]).File.ToArray();
        repository.Snapshot = repository.Snapshot with { Meta = repository.Targets.Keys.ToDictionary(role => role, _ => new MetaFile { Version = 1 }) };
        repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);
        return repository;
    }

    private static SignedMetadata<Targets> Signed(IReadOnlyList<ISigningKey> signers) =>
        MetadataCorruptor.Sign(new Targets { Version = 1, Expires = FixedTime.Start, TargetFiles = new Dictionary<string, TargetFile>() }, signers);
}
