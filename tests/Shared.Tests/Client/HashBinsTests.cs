using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

/// <summary>Delegation by hash of the target path: succinct hash bins (TAP 15) and path_hash_prefixes.</summary>
public sealed class HashBinsTests : IDisposable
{
    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly ClientFixture client;

    public HashBinsTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    public static TheoryData<int> BitLengths => [.. Enumerable.Range(1, 32)];

    [Theory]
    [MemberData(nameof(BitLengths))]
    public void BinOf_AnyBitLength_IsTheLeadingBitsInPaddedHex(int bitLength)
    {
        var bins = Bins(bitLength);
        foreach (var path in (string[])["1.0", "file1.txt", "a/b/ü", ""])
        {
            var bits = string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(path)).Select(octet => octet.ToString("b8", CultureInfo.InvariantCulture)));
            var expected = Convert.ToUInt32(bits[..bitLength], 2).ToString("x8", CultureInfo.InvariantCulture)[^((bitLength + 3) / 4)..];

            Assert.Equal($"bin-{expected}", bins.BinOf(path).Value);
            Assert.True(bins.IsBin(bins.BinOf(path)));
        }
    }

    [Fact]
    public async Task Download_FromBins_AsksForOneBinAlone()
    {
        var bins = AddBins(4);
        string[] paths = ["1.0", "2.0", "dir/file", "a/b/c/d"];
        foreach (var path in paths)
            repository.AddTarget(bins.BinOf(path), path, $"content of {path}");
        repository.Publish([RoleName.Targets, .. All(bins)]);
        await using var fixture = await DownloadFixture.StartAsync(repository);

        foreach (var path in paths)
        {
            Assert.Equal($"content of {path}", await File.ReadAllTextAsync(await fixture.DownloadAsync(path)));
            Assert.Contains($"/metadata/1.{bins.BinOf(path)}.json", fixture.Host.RawRequests);
        }

        Assert.Equal(paths.Select(bins.BinOf).Distinct().Count(), fixture.Host.RawRequests.Count(path => path.Contains(".bin-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Find_TargetInABinThatIsNotItsOwn_IsNotFound()
    {
        var bins = AddBins(1);
        var other = All(bins).Single(bin => bin != bins.BinOf("1.0"));
        repository.AddTarget(other, "1.0", "content");
        repository.Publish([RoleName.Targets, .. All(bins)]);

        Assert.Null(await client.FindAsync("1.0"));

        Assert.DoesNotContain($"1.{other}.json", repository.Requests);
    }

    [Theory]
    [InlineData(true, TrustError.RoleNotListed)]
    [InlineData(false, TrustError.MetadataUnknown)]
    public async Task Find_BinIsMissing_IsRefused(bool isUnlisted, TrustError expected)
    {
        var bins = AddBins(2);
        repository.Publish([RoleName.Targets, .. All(bins).Where(bin => !isUnlisted || bin != bins.BinOf("1.0"))]);
        repository.Files.Remove($"1.{bins.BinOf("1.0")}.json");

        await client.RefusedAsync(expected, ["timestamp.json", "snapshot.json", "targets.json", "last-seen"], "1.0");
    }

    // As python-tuf, go-tuf and tuf-js have it: two clients must not find two targets in one repository.
    [Fact]
    public async Task Find_TargetBehindBins_IsNotFound()
    {
        var first = repository.Delegate(RoleName.Targets, "first", ["a/*"]);
        var second = repository.Delegate(RoleName.Targets, "second", ["*/*"]);
        var bins = AddBins(1, first);
        repository.AddTarget(bins.BinOf("a/binned"), "a/binned", "bin");
        foreach (var path in (string[])["a/binned", "a/other", "b/other"])
            repository.AddTarget(second, path, "second");
        repository.Publish([RoleName.Targets, first, second, .. All(bins)]);

        Assert.Equal(bins.BinOf("a/binned"), (await client.FindAsync("a/binned"))!.Role.Role);
        Assert.Null(await client.FindAsync("a/other"));
        Assert.Equal(second, (await client.FindAsync("b/other"))!.Role.Role);
    }

    [Fact]
    public async Task Refresh_BinsWhoseNamesAreTooLong_AreRefused()
    {
        repository.ListsHashes = false;
        AddBins(4);
        repository.Publish(RoleName.Targets);
        repository.Files["2.targets.json"] = MetadataCorruptor.Forge(
            repository.Files["2.targets.json"],
            signed =>
            {
                signed["delegations"]!["succinct_roles"]!["name_prefix"] = new string('b', 250);
                signed["delegations"]!["succinct_roles"]!["bit_length"] = 32;
            },
            repository.Signers[RoleName.Targets]);

        await client.RefusedAsync(TrustError.InvalidRoleName, ["timestamp.json", "snapshot.json"]);
    }

    [Theory]
    [InlineData("bit_length", "0")]
    [InlineData("bit_length", "33")]
    [InlineData("bit_length", "\"4\"")]
    [InlineData("threshold", "0")]
    [InlineData("roles", "[]")]
    [InlineData("name_prefix", "null")]
    public async Task Refresh_BinsThatCannotBe_AreRefused(string member, string value)
    {
        repository.ListsHashes = false;
        AddBins(4);
        repository.Publish(RoleName.Targets);
        repository.Files["2.targets.json"] = MetadataCorruptor.Forge(
            repository.Files["2.targets.json"],
            signed => (member == "roles" ? signed["delegations"]! : signed["delegations"]!["succinct_roles"]!)[member] = JsonNode.Parse(value),
            repository.Signers[RoleName.Targets]);

        await client.RefusedAsync(TrustError.MalformedMetadata, ["timestamp.json", "snapshot.json"]);
    }

    // Hex of the SHA-256 as every client but one writes it; no other encoding of it matches.
    [Theory]
    [InlineData("", true)]
    [InlineData("d", true)]
    [InlineData("d0ff5974b6aa52cf562bea5921840c032a860a91a3512f7fe8f768f6bbe005f6", true)]
    [InlineData("0", false)]
    [InlineData("D0", false)]
    [InlineData("d0ff5974b6aa52cf562bea5921840c032a860a91a3512f7fe8f768f6bbe005f60", false)]
    [InlineData("0P9ZdLaqUs9WK", false)]
    public async Task Find_PathHashPrefix_IsComparedWithHex(string prefix, bool isFound)
    {
        Assert.Equal("d0ff5974b6aa52cf562bea5921840c032a860a91a3512f7fe8f768f6bbe005f6", Convert.ToHexStringLower(SHA256.HashData("1.0"u8)));
        var role = repository.Delegate(RoleName.Targets, "hashed", []);
        var targets = repository.Targets[RoleName.Targets];
        repository.Targets[RoleName.Targets] = targets with
        {
            Delegations = targets.Delegations! with { Roles = [targets.Delegations.Roles[0] with { Paths = null, PathHashPrefixes = [prefix] }] },
        };
        repository.AddTarget(role, "1.0", "content");
        repository.Publish(RoleName.Targets, role);

        Assert.Equal(isFound, await client.FindAsync("1.0") is not null);
    }

    [Fact]
    public async Task Refresh_PathsAndPathHashPrefixesTogether_AreRefused()
    {
        repository.ListsHashes = false;
        repository.Delegate(RoleName.Targets, "both", ["*"]);
        repository.Publish(RoleName.Targets);
        repository.Files["2.targets.json"] = MetadataCorruptor.Forge(
            repository.Files["2.targets.json"], signed => signed["delegations"]!["roles"]![0]!["path_hash_prefixes"] = new JsonArray("00"), repository.Signers[RoleName.Targets]);

        await client.RefusedAsync(TrustError.MalformedMetadata, ["timestamp.json", "snapshot.json"]);
    }

    private static SuccinctRoles Bins(int bitLength, params KeyId[] keys) =>
        new() { RoleKeys = new RoleKeys { KeyIds = [.. keys], Threshold = 1 }, BitLength = bitLength, NamePrefix = "bin" };

    private static IEnumerable<RoleName> All(SuccinctRoles bins) => Enumerable.Range(0, 1 << bins.BitLength).Select(bin => bins.NameOf((uint)bin));

    // Every bin, each empty, below targets or another role.
    private SuccinctRoles AddBins(int bitLength, RoleName? delegator = null)
    {
        delegator ??= RoleName.Targets;
        var key = TestKeys.New();
        var bins = Bins(bitLength, key.Describe().Id);
        repository.Targets[delegator] = repository.Targets[delegator] with
        {
            Delegations = new Delegations { Keys = new Dictionary<KeyId, PublicKey> { [key.Describe().Id] = key.Describe() }, Roles = [], Succinct = bins },
        };
        foreach (var bin in All(bins))
        {
            repository.Signers[bin] = [key];
            repository.Targets[bin] = new Targets { Version = 0, Expires = repository.Expires, TargetFiles = new Dictionary<string, TargetFile>() };
        }
        return bins;
    }
}
