using System.Globalization;
using System.Numerics;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Shared.Tests.Client;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Editing;

/// <summary>Where targets are written is where they are looked for.</summary>
public sealed class HashBinsTests
{
    public static TheoryData<int> Counts => [.. Enumerable.Range(1, 14).Select(bits => 1 << bits)];

    [Theory]
    [MemberData(nameof(Counts))]
    public void Spread_AnyPaths_PutsEachIntoTheOneBinThatIsItsOwn(int count)
    {
        var bins = HashBins.Delegate(HashBins.RequireCount(TufFormat.Instance, count), [TestKeys.New().Describe()], 1).Succinct!;
        var files = Paths(200, new Random(count)).ToDictionary(path => path, File);

        var spread = HashBins.Spread(bins, files, _ => 4, FixedTime.Start, "registry.example.com/team/app");

        Assert.Equal(count, spread.Count);
        Assert.Equal(files.Count, spread.Values.Sum(bin => bin.TargetFiles.Count));
        Assert.All(files, file => Assert.Same(file.Value, spread[bins.BinOf(file.Key)].TargetFiles[file.Key]));
        Assert.All(spread, bin => Assert.Equal((5L, FixedTime.Start, "registry.example.com/team/app"), (bin.Value.Version, bin.Value.Expires, bin.Value.Repository)));
        Assert.Equal(spread.Keys, HashBins.NamesOf(bins));
        Assert.All(spread.Keys, bin => Assert.True(bins.IsBin(bin) && TufFormat.Instance.Rules.MayWriteRoleName(bin)));
    }

    [Theory]
    // Bins of the targets keys follow them, whatever changes.
    [InlineData("ab", 1, "ac", 1, "ab", 1, "ac", 1)]
    [InlineData("a", 1, "ab", 2, "a", 1, "ab", 2)]
    [InlineData("ab", 2, "a", 1, "ab", 2, "a", 1)]
    [InlineData("ab", 2, "ab", 1, "ab", 2, "ab", 1)]
    // Bins with keys of their own besides lose what counts no more, and nothing else.
    [InlineData("a", 1, "b", 1, "ad", 2, "db", 2)]
    [InlineData("a", 1, "ab", 1, "ad", 2, null, 0)]
    [InlineData("a", 1, "b", 1, "d", 1, null, 0)]
    [InlineData("ab", 1, "ab", 1, "ab", 1, null, 0)]
    public void FollowRoot_TargetsKeysChange_LeavesNoneThatCountsNoMore(string former, int formerThreshold, string next, int nextThreshold, string own, int ownThreshold, string? expected, int expectedThreshold)
    {
        var keys = "abcd".Zip(TestKeys.New(4)).ToDictionary(pair => pair.First, pair => pair.Second.Describe());
        var root = new RepositorySimulator(FixedTime.Start).Root;
        var bins = HashBins.Delegate(4, [.. own.Select(name => keys[name])], ownThreshold);

        var followed = HashBins.FollowRoot(bins, With(former, formerThreshold), With(next, nextThreshold));

        Assert.Equal(expected?.Select(name => keys[name].Id), followed?.Succinct!.RoleKeys.KeyIds);
        Assert.Equal(expected?.Select(name => keys[name].Id.Value).Order(), followed?.Keys.Keys.Select(id => id.Value).Order());
        Assert.Equal(expected is null ? null : expectedThreshold, followed?.Succinct!.RoleKeys.Threshold);
        Assert.Null(HashBins.FollowRoot(null, With(former, formerThreshold), With(next, nextThreshold)));

        Root With(string names, int threshold) =>
            RootEditor.Next(root, new RootChange(FixedTime.Start).Assign(RoleName.Targets, new RoleAssignment([.. names.Select(name => keys[name])], threshold)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(32)]
    [InlineData(256)]
    public async Task Spread_AnyPaths_AreFoundByTheSearchInTheirBin(int count)
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        using var client = new ClientFixture(repository);
        var key = TestKeys.New();
        var delegations = HashBins.Delegate(count, [key.Describe()], 1);
        var files = Paths(40, new Random(count)).ToDictionary(path => path, File);
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with { Delegations = delegations };
        foreach (var (bin, content) in HashBins.Spread(delegations.Succinct!, files, _ => -1, repository.Expires, null))
        {
            repository.Signers[bin] = [key];
            repository.Targets[bin] = content;
        }
        repository.Publish([RoleName.Targets, .. HashBins.NamesOf(delegations.Succinct!)]);

        foreach (var path in files.Keys)
        {
            var found = await client.FindAsync(path);
            Assert.Equal(delegations.Succinct!.BinOf(path), found!.Role.Role);
            Assert.True(found.Target.Hashes.ContentEquals(files[path].Hashes));
        }
    }

    [Theory]
    [InlineData("bin-", false)]
    [InlineData("bin-0", true)]
    [InlineData("bin-f", true)]
    [InlineData("bin-F", false)]
    [InlineData("bin-10", false)]
    [InlineData("bin-00", false)]
    [InlineData("bin- 1", false)]
    [InlineData("bin-+", false)]
    [InlineData("bin_0", false)]
    [InlineData("xbin-0", false)]
    [InlineData("bin-\u0661", false)]
    public void IsBin_OnlyTheNamesThatAreWritten_AreBins(string name, bool expected) =>
        Assert.Equal(expected, HashBins.Delegate(16, [TestKeys.New().Describe()], 1).Succinct!.IsBin(RoleName.Parse(name)));

    // Roles that were listed once stay listed: that must end somewhere, and below what a server lists.
    [Fact]
    public void NamesOf_AllShapesTogether_AreBounded()
    {
        var names = Enumerable.Range(1, 14).Select(bits => 1 << bits).SelectMany(count => HashBins.NamesOf(HashBins.Delegate(count, [], 1).Succinct!)).ToHashSet();

        Assert.Equal(16 + 256 + 4096 + 16_384, names.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-2)]
    [InlineData(24)]
    [InlineData(32_768)]
    public void RequireCount_NumberThatCannotBe_IsRefused(int count) =>
        Refusal.Of(TrustError.Usage, () => HashBins.RequireCount(TufFormat.Instance, count));

    [Fact]
    public void RequireCount_FormatWithoutBins_IsRefused() =>
        Refusal.Of(TrustError.Usage, () => HashBins.RequireCount(NotaryFormat.Instance, 16));

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1000, 8)]
    [InlineData(100_000, 1024)]
    [InlineData(int.MaxValue, 16_384)]
    public void RecommendedFor_AnyNumber_CanBe(int targets, int expected)
    {
        Assert.Equal(expected, HashBins.RecommendedFor(targets));
        Assert.True(BitOperations.IsPow2(expected));
    }

    private static IEnumerable<string> Paths(int count, Random random) =>
        Enumerable.Range(0, count).Select(i => random.Next(3) switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $"v{i}"),
            1 => string.Create(CultureInfo.InvariantCulture, $"sha256-{random.NextInt64():x16}{i:x48}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"dir{random.Next(9)}/{i}.{random.Next()}"),
        });

    private static TargetFile File(string path) => new() { Length = path.Length, Hashes = FileHashes.FromSha256(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(path))) };
}
