using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

/// <summary>Keys and ids of keys that other tools write, or will write one day.</summary>
public sealed class UnusualKeysTests : IDisposable
{
    private readonly RepositorySimulator repository = new(FixedTime.Start, listsHashes: false);
    private readonly ClientFixture client;

    public UnusualKeysTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    public static TheoryData<string> UnknownKeys =>
    [
        """{"keytype":"sigstore-oidc","scheme":"Fulcio","keyval":{"identity":"a@example.com","issuer":"https://issuer.example.com"}}""",
        """{"keytype":"ml-dsa","scheme":"ml-dsa-65","keyval":{"public":"00ff"}}""",
        """{"keytype":"rsa","scheme":"rsa-pkcs1v15-sha256","keyval":{"public":"-----BEGIN PUBLIC KEY-----"}}""",
        """{"keytype":"ecdsa","scheme":"ecdsa-sha2-nistp521","keyval":{"public":"04"}}""",
        """{"keytype":"ed25519","scheme":"ed25519","keyval":{"public":"zz"}}""",
        """{"keytype":"x","scheme":"y","keyval":{}}""",
        """{"keytype":"x","scheme":"y","keyval":{"public":{"a":1}}}""",
        """{"keytype":"","scheme":"","keyval":{"public":[]}}""",
    ];

    [Theory]
    [MemberData(nameof(UnknownKeys))]
    public async Task Refresh_UnknownKeyBesideEnoughOthers_IsNoHindrance(string key)
    {
        ListUnknownKey(key, threshold: 1);

        Assert.Equal(2, (await client.RefreshAsync()).Snapshot.Root.Version);
    }

    [Theory]
    [MemberData(nameof(UnknownKeys))]
    public async Task Refresh_UnknownKeyIsNeededForTheThreshold_NeverCounts(string key)
    {
        ListUnknownKey(key, threshold: 2);

        Assert.Equal("timestamp", (await client.RefusedAsync(TrustError.ThresholdNotMet, ["root.json"])).Role);
    }

    // TAP 12: an id is a name within the file that lists it.
    [Theory]
    [InlineData("alice")]
    [InlineData("0")]
    [InlineData("ключ 1")]
    [InlineData("SHA256:x/y+z=")]
    public async Task Refresh_IdThatIsNoHash_IsRead(string id)
    {
        var key = repository.Signers[RoleName.Timestamp][0];
        var old = key.Describe().Id.Value;
        repository.PublishOnly(RoleName.Root);
        repository.Files["2.root.json"] = MetadataCorruptor.Forge(
            repository.Files["2.root.json"],
            signed =>
            {
                signed["keys"]![id] = signed["keys"]![old]!.DeepClone();
                signed["keys"]!.AsObject().Remove(old);
                signed["roles"]!["timestamp"]!["keyids"] = new JsonArray(id);
            },
            repository.Signers[RoleName.Root]);
        repository.Files["timestamp.json"] = RepositoryBuilder.Sign(JsonNode.Parse(repository.Files["timestamp.json"])!["signed"]!.AsObject(), (id, key));

        Assert.Equal(2, (await client.RefreshAsync()).Snapshot.Root.Version);
    }

    [Fact]
    public async Task Find_SameIdForDifferentKeysInTwoFiles_EachFileMeansItsOwn()
    {
        var first = repository.Delegate(RoleName.Targets, "first", ["*"]);
        var second = repository.Delegate(first, "second", ["*"]);
        repository.AddTarget(second, "file", "content");
        repository.Publish(RoleName.Targets, first, second);
        foreach (var (file, signer) in ((string, RoleName)[])[("2.targets.json", RoleName.Targets), ("1.first.json", first)])
            repository.Files[file] = MetadataCorruptor.Forge(repository.Files[file], NameTheOnlyKey, repository.Signers[signer]);
        foreach (var (file, signer) in ((string, RoleName)[])[("1.first.json", first), ("1.second.json", second)])
            repository.Files[file] = RepositoryBuilder.Sign(JsonNode.Parse(repository.Files[file])!["signed"]!.AsObject(), ("the key", repository.Signers[signer][0]));

        Assert.Equal(second, (await client.FindAsync("file"))!.Role.Role);

        // The key of one file under the id of the other one is not that one.
        repository.Files["1.second.json"] = RepositoryBuilder.Sign(JsonNode.Parse(repository.Files["1.second.json"])!["signed"]!.AsObject(), ("the key", repository.Signers[first][0]));
        File.Delete(Path.Combine(client.CacheDirectory, "second.json"));
        await client.RefusedAsync(TrustError.ThresholdNotMet, path: "file");
    }

    [Fact]
    public async Task Refresh_IdWithoutAKey_NeverCounts()
    {
        repository.PublishOnly(RoleName.Root);
        var id = repository.Signers[RoleName.Timestamp][0].Describe().Id.Value;
        repository.Files["2.root.json"] = MetadataCorruptor.Forge(repository.Files["2.root.json"], signed => signed["keys"]!.AsObject().Remove(id), repository.Signers[RoleName.Root]);

        Assert.Equal("timestamp", (await client.RefusedAsync(TrustError.ThresholdNotMet, ["root.json"])).Role);
    }

    private static void NameTheOnlyKey(JsonObject signed)
    {
        var keys = signed["delegations"]!["keys"]!.AsObject();
        var (id, key) = keys.Single();
        keys.Remove(id);
        keys["the key"] = key!.DeepClone();
        signed["delegations"]!["roles"]![0]!["keyids"] = new JsonArray("the key");
    }

    // Timestamp is signed by its good key, and under the id of the unknown one with something.
    private void ListUnknownKey(string key, int threshold)
    {
        repository.PublishOnly(RoleName.Root);
        repository.Files["2.root.json"] = MetadataCorruptor.Forge(
            repository.Files["2.root.json"],
            signed =>
            {
                signed["keys"]!["unknown"] = JsonNode.Parse(key);
                signed["roles"]!["timestamp"]!["keyids"]!.AsArray().Add((JsonNode)"unknown");
                signed["roles"]!["timestamp"]!["threshold"] = threshold;
            },
            repository.Signers[RoleName.Root]);
        repository.Files["timestamp.json"] = MetadataCorruptor.Edit(
            repository.Files["timestamp.json"], file => file["signatures"]!.AsArray().Add((JsonNode)new JsonObject { ["keyid"] = "unknown", ["sig"] = "00ff" }));
    }
}
