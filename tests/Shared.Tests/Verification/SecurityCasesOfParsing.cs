using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Verification;

/// <summary>Hostile cases about names, parsing and size, at the verifier's door.</summary>
public sealed class SecurityCasesOfParsing : IDisposable
{
    private static readonly string[] UpToSnapshot = ["root.json", "timestamp.json", "snapshot.json"];

    private readonly VerifierDoor door = new();

    private RepositorySimulator Repository => door.Repository;

    public void Dispose() => door.Dispose();

    [Theory]
    [InlineData("root")]
    [InlineData("snapshot")]
    [InlineData("Targets")]
    [InlineData("TIMESTAMP")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task Case28_DelegatedRoleWithATopLevelName_IsRefused(string name)
    {
        Repository.Delegate(RoleName.Targets, "team", ["*"]);
        Repository.ListsHashes = false;
        Repository.Publish(RoleName.Targets);
        Repository.Files["3.targets.json"] = MetadataCorruptor.Forge(Repository.Files["3.targets.json"], signed => signed["delegations"]!["roles"]![0]!["name"] = name, Repository.Signers[RoleName.Targets]);

        await door.RefusesAsync(TrustError.InvalidRoleName, UpToSnapshot);
    }

    [Theory]
    [InlineData("../root")]
    [InlineData("targets/..")]
    [InlineData("1.root")]
    [InlineData("rооt")]
    public async Task Case28_UnusualRoleName_IsEncodedAndOverwritesNothing(string name)
    {
        var role = Repository.Delegate(RoleName.Targets, name, ["2.*"]);
        Repository.AddTarget(role, "2.0", ImageTarget.Of(VerifierDoor.Image("two").Descriptor, null));
        Repository.Publish(RoleName.Targets, role);

        await door.AcceptsAsync("registry.example.com/team/app:2.0");

        Assert.Equal(Convert.ToHexString(Repository.FirstRoot), door.State()["root.json"]);
        Assert.Equal(7, door.State().Count);
    }

    public static TheoryData<string, byte[]> Oddities()
    {
        static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
        var many = "{" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"{i}\":0")) + "}";
        return new()
        {
            { "duplicate", Text("\"version\":3,\"version\":9") },
            { "escaped duplicate", Text("\"version\":3,\"\\u0076ersion\":9") },
            { "NaN", Text("\"version\":3,\"x\":NaN") },
            { "fraction", Text("\"version\":3,\"x\":1.0") },
            { "comment", Text("\"version\":3/* 9 */") },
            { "invalid UTF-8", [.. Text("\"version\":3,\"x\":\""), 0xC3, 0x28, .. Text("\"")] },
            { "lone surrogate", Text("\"version\":3,\"x\":\"\\ud800\"") },
            { "depth", Text("\"version\":3,\"x\":" + new string('[', 5000) + new string(']', 5000)) },
            { "duplicate after many", Text("\"version\":3,\"x\":" + many.Replace("\"999\"", "\"998\"", StringComparison.Ordinal)) },
        };
    }

    [Theory]
    [MemberData(nameof(Oddities))]
    public async Task Case30_JsonThatTwoReadersReadDifferently_IsRefused(string kind, byte[] instead)
    {
        await door.AcceptsAsync();
        Repository.PublishTimestamp();
        var file = Repository.Files["timestamp.json"];
        var version = Encoding.UTF8.GetBytes($"\"version\":{Repository.Timestamp.Version}");
        var at = file.AsSpan().LastIndexOf(version);
        Repository.Files["timestamp.json"] = [.. file[..at], .. instead, .. file[(at + version.Length)..]];

        Assert.NotEmpty(kind);
        await door.RefusesAsync(TrustError.MalformedJson);
    }

    [Fact]
    public async Task Case30_ByteOrderMark_IsRefused()
    {
        Repository.Files["timestamp.json"] = [0xEF, 0xBB, 0xBF, .. Repository.Files["timestamp.json"]];

        await door.RefusesAsync(TrustError.MalformedJson);
    }

    [Fact]
    public async Task Case31_UnknownMembers_AreCoveredByTheSignatureAndStoredAsReceived()
    {
        Repository.ListsHashes = false;
        Repository.Publish(RoleName.Targets);
        var file = MetadataCorruptor.Edit(
            MetadataCorruptor.Forge(Repository.Files["3.targets.json"], signed => signed["x-unknown"] = "é", Repository.Signers[RoleName.Targets]),
            json => json["x-unsigned"] = 1);
        Repository.Files["3.targets.json"] = MetadataCorruptor.Edit(file, json => json["signed"]!["x-unknown"] = "e");
        await door.RefusesAsync(TrustError.ThresholdNotMet, UpToSnapshot);

        Repository.Files["3.targets.json"] = file;
        await door.AcceptsAsync();

        Assert.Equal(Convert.ToHexString(file), door.State().Single(kept => kept.Key.EndsWith(".targets.json", StringComparison.Ordinal)).Value);
    }

    [Theory]
    [InlineData("\"1.0\"", "\"1\\u002e0\"", true)]
    [InlineData("\"1.0\"", "\"\\u0031.0\" ", true)]
    [InlineData("\"1.0\"", "\"1.1\"", false)]
    [InlineData("\"1.0\"", "\"1.0\\u0000\"", false)]
    public async Task Case32_OtherTextOfTheSameContent_DecidesByWhatWasVerified(string text, string instead, bool isAccepted)
    {
        Repository.ListsHashes = false;
        Repository.Publish(RoleName.Targets);
        var signed = JsonNode.Parse(Repository.Files["3.targets.json"])!["signed"]!.ToJsonString();
        Repository.Files["3.targets.json"] = MetadataCorruptor.SignText(signed, signed.Replace(text, instead, StringComparison.Ordinal), Repository.Signers[RoleName.Targets]);

        if (isAccepted)
            Assert.Equal(VerifierDoor.Image("one").Digest, (await door.AcceptsAsync()).Signed!.Digest);
        else
            Assert.Equal(Outcome.Untrusted, (await door.VerifyAsync()).Outcome);
    }

    [Theory]
    [InlineData("2.root.json", "signed")]
    [InlineData("2.root.json", "signatures")]
    [InlineData("2.root.json", "signed.keys")]
    [InlineData("2.root.json", "signed.roles")]
    [InlineData("2.root.json", "signed.roles.timestamp")]
    [InlineData("2.root.json", "signed.expires")]
    [InlineData("timestamp.json", "signed")]
    [InlineData("timestamp.json", "signed.meta")]
    [InlineData("timestamp.json", "signed.version")]
    [InlineData("2.snapshot.json", "signed.meta")]
    [InlineData("2.snapshot.json", "signatures")]
    [InlineData("2.targets.json", "signed.targets")]
    [InlineData("2.targets.json", "signed.delegations")]
    [InlineData("2.targets.json", "signed._type")]
    public async Task Case33_NullInPlaceOfContent_IsRefusedCleanly(string name, string path)
    {
        Repository.ListsHashes = false;
        Repository.WriteTargets(RoleName.Targets);
        Repository.WriteSnapshot();
        Repository.Rotate(RoleName.Targets);
        Repository.WriteTimestamp();
        Repository.Files[name] = MetadataCorruptor.Edit(Repository.Files[name], json =>
        {
            var parts = path.Split('.');
            JsonNode parent = json;
            foreach (var part in parts[..^1])
                parent = parent[part]!;
            parent[parts[^1]] = null;
        });

        await door.RefusesAsync(TrustError.MalformedMetadata, UpToSnapshot);
    }

    public static TheoryData<string, TrustError> Misbehaviours() => new()
    {
        { "endless", TrustError.TooLarge },
        { "slow", TrustError.ServerUnreachable },
        { "silent", TrustError.ServerUnreachable },
        { "short", TrustError.ServerUnreachable },
        { "huge", TrustError.TooLarge },
        { "bomb", TrustError.ServerRefused },
        { "loop", TrustError.ServerRefused },
        { "file", TrustError.ServerRefused },
        { "elsewhere", TrustError.ServerRefused },
    };

    [Theory]
    [MemberData(nameof(Misbehaviours))]
    public async Task Case34_ServerThatDoesNotBehave_EndsInTimeAndMovesNothing(string kind, TrustError expected)
    {
        await door.AcceptsAsync();
        await using var host = await RepositorySimulatorHost.StartAsync(Repository);
        // Only two of them are a matter of time; the others are to be told apart on a busy machine as well.
        var patience = TimeSpan.FromSeconds(kind is "slow" or "silent" ? 2 : 20);
        var http = new HttpClientOptions { TotalTimeout = patience };
        using var connections = HttpClients.Create(http);
        door.Source = new HttpMetadataSource(new HttpExchange(connections, HttpPeer.TrustServer, http), host.MetadataUrl);
        RequestDelegate answer = kind switch
        {
            "endless" => Misbehaviour.EndlessBody,
            "slow" => Misbehaviour.SlowBody,
            "silent" => Misbehaviour.Silence,
            "short" => Misbehaviour.ShortBody,
            "huge" => Misbehaviour.HugeLength,
            "bomb" => Misbehaviour.GzipBomb,
            "loop" => Misbehaviour.RedirectLoop,
            "file" => Misbehaviour.RedirectTo("file:///etc/passwd"),
            _ => Misbehaviour.RedirectTo("http://169.254.169.254/latest/meta-data/"),
        };
        host.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/timestamp.json", StringComparison.Ordinal))
                return false;
            await answer(context);
            return true;
        };
        var watch = System.Diagnostics.Stopwatch.StartNew();

        await door.RefusesAsync(expected);

        Assert.True(watch.Elapsed < patience + TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");
        host.Intercept = null;
        await door.AcceptsAsync();
    }

    [Theory]
    [InlineData("", TrustError.MalformedMetadata)]
    [InlineData("md5", TrustError.NoSupportedHash)]
    [InlineData("md5 sha256-wrong", TrustError.HashMismatch)]
    [InlineData("sha256 sha512-wrong", TrustError.HashMismatch)]
    [InlineData("sha256-short", TrustError.HashMismatch)]
    public async Task Case37_HashesThatProveNothing_AreRefused(string hashes, TrustError expected)
    {
        var snapshot = Repository.Files["snapshot.json"];
        Repository.Files["timestamp.json"] = MetadataCorruptor.Forge(
            Repository.Files["timestamp.json"],
            signed => signed["meta"]!["snapshot.json"]!["hashes"] = new JsonObject(hashes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(hash => KeyValuePair.Create<string, JsonNode?>(hash.Split('-')[0], hash switch
            {
                "sha256" => Convert.ToHexStringLower(SHA256.HashData(snapshot)),
                "sha256-short" => Convert.ToHexStringLower(SHA256.HashData(snapshot))[..32],
                "sha256-wrong" => new string('0', 64),
                "sha512-wrong" => new string('0', 128),
                _ => new string('0', 32),
            }))),
            Repository.Signers[RoleName.Timestamp]);

        await door.RefusesAsync(expected, expected == TrustError.MalformedMetadata ? [] : ["root.json", "timestamp.json"]);
    }

    [Fact]
    public async Task Case37_TargetWithoutSha256_NamesNoImage()
    {
        var image = VerifierDoor.Image("one");
        Repository.AddTarget(RoleName.Targets, "1.0", new TargetFile { Length = image.Descriptor.Size, Hashes = new FileHashes([new FileHash("sha512", SHA512.HashData(image.Bytes.Span))]) });
        Repository.Publish(RoleName.Targets);

        await door.RefusesAsync(TrustError.NoSupportedHash, [.. UpToSnapshot, "targets.json", "last-seen"]);
    }
}
