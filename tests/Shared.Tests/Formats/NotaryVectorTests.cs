using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrustService.Client;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Formats;

/// <summary>Two repositories that the notary and docker command lines made with a real notary-server, state by state.</summary>
public sealed partial class NotaryVectorTests
{
    // All were made on this day; timestamps are valid for two weeks.
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
    private static readonly NotaryFormat Format = NotaryFormat.Instance;
    private static readonly JsonElement Vectors = TestData.Json("notary-vectors.json");

    public static TheoryData<int> Repositories() => [0, 1];

    [Theory]
    [MemberData(nameof(Repositories))]
    public async Task EveryState_OneClientFollows_AndEveryRoleVerifies(int index)
    {
        var vector = Vectors[index];
        var repository = Gun.Parse(vector.GetProperty("repository").GetString()!);
        var cache = new MemoryMetadata();
        cache.Write("root.json", File(vector, vector.GetProperty("roots")[0].GetString()!));
        foreach (var state in vector.GetProperty("states").EnumerateArray())
        {
            var client = new TrustClient(Format, Serve(vector, state), cache, Now, new TrustClientOptions()) { Repository = repository };
            var top = await client.RefreshAsync(CancellationToken.None);
            var roles = await client.ReadAllRolesAsync(top, CancellationToken.None);

            Assert.Empty(client.Skipped);
            // The real server goes on listing what nobody delegates to any more.
            var delegated = roles.SelectMany(role => role.Trusted!.Metadata.Signed.Delegations!.Roles).Select(role => role.Name.Value).Append("targets");
            Assert.Equal(
                state.GetProperty("files").EnumerateObject().Select(file => file.Name).Intersect(delegated).Order(StringComparer.Ordinal),
                roles.Select(role => role.Role.Value).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Repositories))]
    public async Task ByChecksum_EveryFileButTimestampAndRoots_IsAsked(int index)
    {
        var vector = Vectors[index];
        var cache = new MemoryMetadata();
        cache.Write("root.json", File(vector, vector.GetProperty("roots")[0].GetString()!));
        var state = vector.GetProperty("states").EnumerateArray().Last();
        var source = Serve(vector, state);
        var client = new TrustClient(Format, source, cache, Now, new TrustClientOptions());

        await client.ReadAllRolesAsync(await client.RefreshAsync(CancellationToken.None), CancellationToken.None);

        Assert.All(source.Fetched.Where(name => name != "timestamp.json" && !name.EndsWith(".root.json", StringComparison.Ordinal)), name => Assert.Matches(@"\A(snapshot|targets(/\w+)*)\.[0-9a-f]{64}\.json\z", name));
    }

    [Theory]
    [MemberData(nameof(Repositories))]
    public void EveryFile_WrittenAgain_HasTheSameBytes(int index)
    {
        var vector = Vectors[index];
        foreach (var file in vector.GetProperty("files").EnumerateObject().Select(file => Encoding.UTF8.GetBytes(file.Value.GetString()!)))
        {
            var again = Type().Match(Encoding.UTF8.GetString(file)).Groups["type"].Value switch
            {
                "Root" => Rewrite<Root>(file),
                "Snapshot" => Rewrite<Snapshot>(file),
                _ => Rewrite<Targets>(file),
            };

            // The parts of a second beyond 100 ns are not kept.
            Assert.Equal(Nanoseconds().Replace(Encoding.UTF8.GetString(file), match => match.Groups["kept"].Value.TrimEnd('0') + "Z\""), Encoding.UTF8.GetString(again));
        }
    }

    [Fact]
    public void RootKeys_OfTheirRepositoryAlone_MaySpeak()
    {
        var vector = Vectors[0];
        var root = Format.Read<Root>(File(vector, vector.GetProperty("roots")[0].GetString()!), int.MaxValue).Signed;
        var key = root.Keys[root.Roles[RoleName.Root].KeyIds.Single()];

        Assert.Null(Format.Rules.RootKeyProblem(key, RepositoryName.ParseExact("golden.example.test/app"), Now));
        Assert.Equal(Errors.TrustError.WrongRepository, Format.Rules.RootKeyProblem(key, RepositoryName.ParseExact("golden.example.test/app2"), Now)!.Error);
        Assert.Equal(Errors.TrustError.Expired, Format.Rules.RootKeyProblem(key, RepositoryName.ParseExact("golden.example.test/app"), Now.AddYears(10))!.Error);
        Assert.Equal(Errors.TrustError.UnacceptableKey, Format.Rules.RootKeyProblem(key, RepositoryName.ParseExact("golden.example.test/app"), Now.AddDays(-3))!.Error);
    }

    private static byte[] Rewrite<TRole>(byte[] file)
        where TRole : class, IRole
    {
        var read = Format.Read<TRole>(file, file.Length);
        return Format.WriteFile(Format.WriteSigned(read.Signed), read.Signatures);
    }

    private static byte[] File(JsonElement vector, string sha256) => Encoding.UTF8.GetBytes(vector.GetProperty("files").GetProperty(sha256).GetString()!);

    private static MemoryMetadata Serve(JsonElement vector, JsonElement state)
    {
        var source = new MemoryMetadata();
        source.Files["timestamp.json"] = Encoding.UTF8.GetBytes(state.GetProperty("timestamp").GetString()!);
        foreach (var file in state.GetProperty("files").EnumerateObject())
            source.Files[$"{file.Name}.{file.Value.GetString()}.json"] = File(vector, file.Value.GetString()!);
        var current = state.GetProperty("files").GetProperty("root").GetString();
        var version = 1;
        foreach (var root in vector.GetProperty("roots").EnumerateArray().Select(root => root.GetString()!))
        {
            source.Files[$"{version++}.root.json"] = File(vector, root);
            if (root == current)
                break;
        }
        return source;
    }

    [GeneratedRegex("\"_type\":\"(?<type>[A-Za-z]+)\"")]
    private static partial Regex Type();

    [GeneratedRegex(@"(?<kept>\.[0-9]{7})[0-9]{1,2}Z""")]
    private static partial Regex Nanoseconds();
}
