using System.Security.Cryptography;
using System.Text.Json.Nodes;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>
/// The cases of <c>test_static_repositories</c>. The suite keeps files that two real tools made; here a repository is given the same
/// peculiarities, which an own tool would never write, and is signed anew.
/// </summary>
public sealed class StaticRepositoryCases
{
    // Members of its own in keys, roles and signed parts; one key in several roles; a signature slot left empty; sub-folders.
    [Theory]
    [InlineData("test_static_repository[tuf-on-ci-0.11]")]
    public async Task Download_RepositoryShapedLikeTufOnCi_Works(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        var (owner, online) = (TestKeys.New(), TestKeys.New());
        var role = repository.Delegate(RoleName.Targets, "delegatedrole", ["delegatedrole/*", "delegatedrole/*/*", "delegatedrole/*/*/*"], terminating: true, keys: [owner, TestKeys.New()]);
        repository.AddTarget(role, "delegatedrole/artifact", "an artifact");
        repository.Publish(RoleName.Targets, role);
        var files = repository.Files;
        string? ownerId = null, onlineId = null;
        var root = Shape(files["1.root.json"], signed =>
        {
            signed["spec_version"] = "1.0.31";
            signed["keys"] = new JsonObject();
            ownerId = AddKey(signed, owner, "x-tuf-on-ci-keyowner", "@owner");
            onlineId = AddKey(signed, online, "x-tuf-on-ci-online-uri", "gcpkms:projects/x/keys/online");
            foreach (var (name, id) in (ReadOnlySpan<(string, string)>)[("root", ownerId), ("targets", ownerId), ("snapshot", onlineId), ("timestamp", onlineId)])
                signed["roles"]![name] = new JsonObject { ["keyids"] = new JsonArray(id), ["threshold"] = 1, ["x-tuf-on-ci-expiry-period"] = 7300, ["x-tuf-on-ci-signing-period"] = 60 };
            signed["x-tuf-on-ci-expiry-period"] = 7300;
        });
        files["1.root.json"] = RepositoryBuilder.Sign(root, (ownerId!, owner));
        foreach (var name in (string[])["2.targets.json", "2.snapshot.json", "timestamp.json"])
            files[name] = RepositoryBuilder.Sign(Shape(files[name], Relax), name.Contains("targets", StringComparison.Ordinal) ? (ownerId!, owner) : (onlineId!, online));
        files["1.delegatedrole.json"] = MetadataCorruptor.Edit(files["1.delegatedrole.json"], file => file["signatures"]![1]!["sig"] = "");
        run.Pin(files["1.root.json"]);

        await run.DownloadsAsync("delegatedrole/artifact");

        Assert.Equal(["an artifact"], run.Downloaded);
    }

    // Old key types and encodings, dates with fractions and offsets, a short spec_version, root in snapshot, an empty signature.
    [Theory]
    [InlineData("test_static_repository[sigstore-root-signing]")]
    public async Task Download_RepositoryShapedLikeTheOldestSigstoreOne_Works(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        var (owner, silent, online) = (TestKeys.New(), TestKeys.New(), TestKeys.New());
        var role = repository.Delegate(RoleName.Targets, "registry.npmjs.org", ["registry.npmjs.org/*"], terminating: true);
        repository.AddTarget(RoleName.Targets, "trusted_root.json", "{}");
        repository.Publish(RoleName.Targets, role);
        var files = repository.Files;
        string? ownerId = null, silentId = null, onlineId = null;
        var root = Shape(files["1.root.json"], signed =>
        {
            signed["spec_version"] = "1.0";
            signed["expires"] = "2030-03-18T13:28:12.99008-06:00";
            signed["keys"] = new JsonObject();
            ownerId = AddKey(signed, owner, "keyid_hash_algorithms", new JsonArray("sha256", "sha512"), isOld: true);
            silentId = AddKey(signed, silent, "keyid_hash_algorithms", new JsonArray("sha256", "sha512"), isOld: true);
            onlineId = AddKey(signed, online, "x-tuf-on-ci-online-uri", "gcpkms:projects/x");
            foreach (var (name, id) in (ReadOnlySpan<(string, string)>)[("snapshot", onlineId), ("timestamp", onlineId)])
                signed["roles"]![name] = new JsonObject { ["keyids"] = new JsonArray(id), ["threshold"] = 1 };
            foreach (var name in (string[])["root", "targets"])
                signed["roles"]![name] = new JsonObject { ["keyids"] = new JsonArray(ownerId, silentId), ["threshold"] = 1 };
        });
        files["1.root.json"] = Slot(RepositoryBuilder.Sign(root, (ownerId!, owner)), silentId!);
        files["2.targets.json"] = Slot(RepositoryBuilder.Sign(Shape(files["2.targets.json"], Relax), (ownerId!, owner)), silentId!);
        files["2.snapshot.json"] = RepositoryBuilder.Sign(
            Shape(files["2.snapshot.json"], signed =>
            {
                Relax(signed);
                signed["meta"]!["root.json"] = new JsonObject { ["version"] = 1, ["length"] = 5297, ["hashes"] = new JsonObject { ["sha512"] = new string('a', 128) } };
            }),
            (onlineId!, online));
        files["timestamp.json"] = RepositoryBuilder.Sign(Shape(files["timestamp.json"], signed =>
        {
            Relax(signed);
            signed["meta"]!["snapshot.json"]!["length"] = files["2.snapshot.json"].Length;
            signed["meta"]!["snapshot.json"]!["hashes"] = new JsonObject
            {
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(files["2.snapshot.json"])),
                ["sha512"] = Convert.ToHexStringLower(SHA512.HashData(files["2.snapshot.json"])),
            };
        }), (onlineId!, online));
        run.Pin(files["1.root.json"]);

        await run.DownloadsAsync("trusted_root.json");

        Assert.Equal(["{}"], run.Downloaded);
    }

    private static JsonObject Shape(byte[] file, Action<JsonObject> change)
    {
        var signed = JsonNode.Parse(file)!["signed"]!.DeepClone().AsObject();
        change(signed);
        return signed;
    }

    private static void Relax(JsonObject signed)
    {
        signed["spec_version"] = "1.0";
        signed["expires"] = "2030-03-28T13:28:12.1234567Z";
        signed["x-tuf-on-ci-signing-period"] = 60;
    }

    private static string AddKey(JsonObject root, ISigningKey key, string member, JsonNode value, bool isOld = false)
    {
        var json = RepositoryBuilder.KeyObject(key);
        json[member] = value;
        if (isOld)
        {
            json["keytype"] = "ecdsa-sha2-nistp256";
            // The bare point, as old tools wrote it.
            json["keyval"]!["public"] = Convert.ToHexStringLower(key.Material.Span[^65..]);
        }
        var id = RepositoryBuilder.KeyId(json);
        root["keys"]![id] = json;
        return id;
    }

    private static byte[] Slot(byte[] file, string keyId) => MetadataCorruptor.Edit(file, json => json["signatures"]!.AsArray().Add((JsonNode)new JsonObject { ["keyid"] = keyId, ["sig"] = "" }));
}
