using System.Text.Json.Nodes;
using TrustService.Shared.Tests.Json;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Formats;

/// <summary>Random roles as the JSON of their signed part, with unknown members wherever the format keeps them.</summary>
internal static class SampleRoles
{
    private static readonly JsonNode Key = JsonNode.Parse(TestKeys.New().Describe().Source.GetRawText())!;
    private static readonly string KeyId = TestKeys.New().Describe().Id.Value;

    public static readonly string[] Types = ["root", "timestamp", "snapshot", "targets", "succinct"];

    public static JsonObject Random(string type, Random random)
    {
        var signed = new JsonObject
        {
            ["_type"] = type == "succinct" ? "targets" : type,
            ["spec_version"] = random.Next(2) == 0 ? "1.0.34" : "1.0",
            ["version"] = random.NextInt64(1, 9_007_199_254_740_991),
            ["expires"] = "2030-04-01T00:00:00Z",
        };
        switch (type)
        {
            case "root":
                signed["consistent_snapshot"] = random.Next(2) == 0;
                signed["keys"] = Keys(random);
                signed["roles"] = new JsonObject(((string[])["root", "timestamp", "snapshot", "targets", "mirrors"]).Select(name => KeyValuePair.Create<string, JsonNode?>(name, RoleKeys(random))));
                break;
            case "timestamp":
                signed["meta"] = new JsonObject { ["snapshot.json"] = MetaFile(random) };
                signed["x-signed-at"] = "2030-03-01T00:00:00Z";
                break;
            case "snapshot":
                signed["meta"] = new JsonObject { ["targets.json"] = MetaFile(random), ["team/é.json"] = MetaFile(random), ["root.json"] = MetaFile(random) };
                break;
            default:
                signed["targets"] = new JsonObject { ["1.4.2"] = Target(random), ["dir/ü x"] = Target(random) };
                signed["delegations"] = type == "targets" ? Delegations(random) : Succinct(random);
                break;
        }
        return WithUnknown(signed, random);
    }

    private static JsonObject Delegations(Random random) => WithUnknown(new JsonObject
    {
        ["keys"] = Keys(random),
        ["roles"] = new JsonArray(
            WithUnknown(new JsonObject(RoleKeys(random).ToDictionary(member => member.Key, member => member.Value?.DeepClone())) { ["name"] = "a", ["terminating"] = true, ["paths"] = new JsonArray("*", "dir/?") }, random),
            WithUnknown(new JsonObject(RoleKeys(random).ToDictionary(member => member.Key, member => member.Value?.DeepClone())) { ["name"] = "b", ["terminating"] = false, ["path_hash_prefixes"] = new JsonArray("0a") }, random)),
    }, random);

    private static JsonObject Succinct(Random random) => WithUnknown(new JsonObject
    {
        ["keys"] = Keys(random),
        ["succinct_roles"] = new JsonObject(RoleKeys(random).ToDictionary(member => member.Key, member => member.Value?.DeepClone())) { ["bit_length"] = random.Next(1, 33), ["name_prefix"] = "bin" },
    }, random);

    private static JsonObject Keys(Random random) => new()
    {
        [KeyId] = WithUnknown(Key.DeepClone().AsObject(), random),
        ["other"] = new JsonObject { ["keytype"] = "sigstore-oidc", ["scheme"] = "Fulcio", ["keyval"] = new JsonObject { ["identity"] = "a@example.com" } },
    };

    private static JsonObject RoleKeys(Random random) =>
        WithUnknown(new JsonObject { ["keyids"] = new JsonArray(KeyId, "absent"), ["threshold"] = random.Next(1, 4) }, random);

    private static JsonObject MetaFile(Random random)
    {
        var meta = new JsonObject { ["version"] = random.Next(1, 1000) };
        if (random.Next(2) == 0)
            meta["length"] = random.Next(1000);
        if (random.Next(2) == 0)
            meta["hashes"] = Hashes();
        return WithUnknown(meta, random);
    }

    private static JsonObject Target(Random random)
    {
        var target = new JsonObject { ["length"] = random.Next(1000), ["hashes"] = Hashes() };
        if (random.Next(2) == 0)
            target["custom"] = RandomJson.Object(random, 3);
        return WithUnknown(target, random);
    }

    private static JsonObject Hashes() => new() { ["sha256"] = new string('a', 64), ["sha512"] = new string('0', 128), ["blake2b"] = "ff" };

    private static JsonObject WithUnknown(JsonObject target, Random random)
    {
        if (random.Next(2) == 0)
            target["x-unknown"] = RandomJson.Object(random, 3);
        return target;
    }
}
