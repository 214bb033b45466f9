using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Editing;

public sealed class WriteRulesTests
{
    private static readonly TargetFile Image = new() { Length = 2, Hashes = FileHashes.OfSha256("{}"u8) };

    private readonly RepositorySimulator repository = new(FixedTime.Start);

    private Targets Targets
    {
        get => repository.Targets[RoleName.Targets];
        set => repository.Targets[RoleName.Targets] = value;
    }

    [Fact]
    public void Check_WhatAnHonestWriterMakes_IsAccepted()
    {
        repository.AddTarget(RoleName.Targets, "1.4.2", Image);
        repository.AddTarget(RoleName.Targets, TargetNames.ForDigest(Digest.OfSha256("{}"u8)), Image);
        repository.Delegate(RoleName.Targets, "team-a", ["1.*", "release/*"], threshold: 2, keys: TestKeys.New(2));

        CheckTargets();
        CheckRoot(repository.Root);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a/../b")]
    [InlineData("a b")]
    [InlineData("ü")]
    [InlineData("a%20b")]
    [InlineData("a#b")]
    [InlineData("a\n")]
    public void CheckTargets_PathThatClientsReadDifferently_IsRefused(string path) => Refused(TrustError.InvalidTargetPath, () => repository.AddTarget(RoleName.Targets, path, Image));

    [Fact]
    public void CheckTargets_TargetThatNamesNoImage_IsRefused()
    {
        Refused(TrustError.NoSupportedHash, () => repository.AddTarget(RoleName.Targets, "a", Image with { Hashes = new FileHashes([new FileHash("sha512", new byte[64])]) }));
        Refused(TrustError.NoSupportedHash, () => repository.AddTarget(RoleName.Targets, "a", Image with { Hashes = FileHashes.FromSha256(new byte[31]) }));
        Refused(TrustError.LengthMismatch, () => repository.AddTarget(RoleName.Targets, "a", Image with { Length = 0 }));
        Refused(TrustError.HashMismatch, () => repository.AddTarget(RoleName.Targets, TargetNames.ForDigest(Digest.OfSha256("x"u8)), Image));
    }

    [Theory]
    [InlineData("../root", "*", TrustError.InvalidRoleName)]
    [InlineData("1.root", "*", TrustError.InvalidRoleName)]
    [InlineData("rооt", "*", TrustError.InvalidRoleName)]
    [InlineData("team", "[ab]", TrustError.InvalidTargetPath)]
    [InlineData("team", "{a,b}", TrustError.InvalidTargetPath)]
    [InlineData("team", "!a", TrustError.InvalidTargetPath)]
    [InlineData("team", "a\\*", TrustError.InvalidTargetPath)]
    public void CheckTargets_DelegationThatClientsReadDifferently_IsRefused(string role, string pattern, TrustError expected) =>
        Refused(expected, () => repository.Delegate(RoleName.Targets, role, [pattern]));

    [Fact]
    public void CheckTargets_DelegationThatNobodyCanSign_IsRefused()
    {
        Refused(TrustError.MalformedMetadata, () => repository.Delegate(RoleName.Targets, "team", ["*"], threshold: 2));
        Refused(TrustError.IncompleteRoot, () =>
        {
            repository.Delegate(RoleName.Targets, "team", ["*"]);
            Targets = Targets with { Delegations = Targets.Delegations! with { Keys = new Dictionary<KeyId, PublicKey>() } };
        });
    }

    [Fact]
    public void CheckTargets_HashBinsOfAnHonestWriter_AreAccepted()
    {
        foreach (var count in (int[])[HashBins.Min, 1024, HashBins.Max])
        {
            Targets = Targets with { Delegations = HashBins.Delegate(count, [TestKeys.New().Describe()], 1) };
            CheckTargets();
        }
    }

    [Theory]
    [InlineData("../../x", 4, TrustError.InvalidRoleName)]
    [InlineData("a/b c", 4, TrustError.InvalidRoleName)]
    [InlineData("1.root", 4, TrustError.InvalidRoleName)]
    [InlineData("é", 4, TrustError.InvalidRoleName)]
    [InlineData("bin", 15, TrustError.TooLarge)]
    [InlineData("bin", 32, TrustError.TooLarge)]
    public void CheckTargets_HashBinsThatClientsReadDifferently_AreRefused(string prefix, int bitLength, TrustError expected) => Refused(expected, () =>
    {
        var bins = HashBins.Delegate(HashBins.Min, [TestKeys.New().Describe()], 1);
        Targets = Targets with { Delegations = bins with { Succinct = bins.Succinct! with { NamePrefix = prefix, BitLength = bitLength } } };
    });

    [Fact]
    public void CheckTargets_HashBinsBelowADelegatedRole_AreRefused()
    {
        var team = Targets with { Delegations = HashBins.Delegate(HashBins.Min, [TestKeys.New().Describe()], 1) };

        Refusal.Of(TrustError.InvalidRoleName, () => WriteRules.CheckTargets(TufFormat.Instance, RoleName.Parse("team"), team, 0, FixedTime.Start, WriteLimits.Default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("xy")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000")]
    public void CheckTargets_HashPrefixOfNoHash_IsRefused(string prefix) => Refused(TrustError.InvalidTargetPath, () =>
    {
        repository.Delegate(RoleName.Targets, "team", ["*"]);
        Targets = Targets with { Delegations = Targets.Delegations! with { Roles = [Targets.Delegations.Roles[0] with { Paths = null, PathHashPrefixes = ["0a", prefix] }] } };
    });

    [Theory]
    [InlineData(1, 0, null)]
    [InlineData(1000, 0, null)]
    [InlineData(1001, 0, TrustError.VersionJump)]
    [InlineData(4, 5, TrustError.VersionRollback)]
    [InlineData(5, 5, null)]
    [InlineData(9_007_199_254_740_991, 5, TrustError.VersionJump)]
    public void CheckVersionJump_Version_IsHeldToTheLimits(long version, long published, TrustError? expected)
    {
        void Check() => WriteRules.CheckVersionJump(RoleName.Targets, version, published, WriteLimits.Default);

        if (expected is { } error)
            Refusal.Of(error, Check);
        else
            Check();
    }

    [Fact]
    public void Check_Expiry_IsInTheFutureAndNotTooFar()
    {
        Refused(TrustError.Expired, () => Targets = Targets with { Expires = FixedTime.Start });
        Refused(TrustError.ExpiryTooFar, () => Targets = Targets with { Expires = FixedTime.Start.AddYears(21) });
        Refusal.Of(TrustError.ExpiryTooFar, () => CheckRoot(repository.Root with { Expires = FixedTime.Start.AddYears(21) }));
    }

    [Fact]
    public void CheckRoot_RootThatLocksClientsOut_IsRefused()
    {
        var root = repository.Root;
        var weak = root.Keys.Values.First();
        Refusal.Of(TrustError.IncompleteRoot, () => CheckRoot(root with { ConsistentSnapshot = false }));
        Refusal.Of(TrustError.IncompleteRoot, () => CheckRoot(root with { Keys = root.Keys.Skip(1).ToDictionary() }));
        Refusal.Of(TrustError.UnacceptableKey, () => CheckRoot(root with { Keys = new Dictionary<KeyId, PublicKey>(root.Keys) { [weak.Id] = weak with { Scheme = SignatureScheme.Unknown, Material = default } } }));
        Refusal.Of(TrustError.UnacceptableKey, () => CheckRoot(root with { Keys = new Dictionary<KeyId, PublicKey>(root.Keys) { [new KeyId("other")] = weak } }));
    }

    private static void CheckRoot(Root root) => WriteRules.CheckRoot(TufFormat.Instance, root, FixedTime.Start, WriteLimits.Default);

    private void CheckTargets() => WriteRules.CheckTargets(TufFormat.Instance, RoleName.Targets, Targets, 0, FixedTime.Start, WriteLimits.Default);

    // Each change is made to a good role, and is the one thing that is wrong with it.
    private void Refused(TrustError expected, Action change)
    {
        var good = Targets;
        CheckTargets();
        change();
        Refusal.Of(expected, CheckTargets);
        Targets = good;
    }
}
