using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Testing;

/// <summary>
/// The owner of one repository: has its keys, and makes root and targets files as JSON trees that a test may damage
/// before or after they are signed.
/// </summary>
public sealed class RepositoryBuilder(TimeProvider time, string name = "registry.example.com/team/app") : IDisposable
{
    private readonly List<IExportableKey> made = [];
    private IExportableKey? rootKey;
    private IExportableKey? targetsKey;

    /// <summary>The repository.</summary>
    public RepositoryName Name { get; } = RepositoryName.ParseCanonical(name);

    /// <summary>Path of its metadata on a trust server.</summary>
    public string MetadataPath => $"/tuf/{Name}/metadata";

    /// <summary>Key of the root role.</summary>
    public ISigningKey RootKey => rootKey ??= NewKey();

    /// <summary>Key of the targets role.</summary>
    public ISigningKey TargetsKey => targetsKey ??= NewKey();

    /// <summary>Key objects that root lists for snapshot.</summary>
    public List<JsonObject> SnapshotKeys { get; } = [];

    /// <summary>Key objects that root lists for timestamp.</summary>
    public List<JsonObject> TimestampKeys { get; } = [];

    /// <summary>Makes a key that lives as long as this object.</summary>
    public IExportableKey NewKey(SignatureScheme scheme = SigningKeys.DefaultScheme)
    {
        made.Add(SigningKeys.Generate(scheme));
        return made[^1];
    }

    /// <summary>Asks the server for its keys and lists those from now on.</summary>
    public async Task AskForKeysAsync(HttpClient server)
    {
        foreach (var (role, keys) in ((string, List<JsonObject>)[])[("snapshot", SnapshotKeys), ("timestamp", TimestampKeys)])
        {
            using var answer = await server.PostAsync($"/tuf/{Name}/keys/{role}", content: null);
            var key = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!.AsObject();
            var standby = (key["standby"] as JsonArray ?? []).Select(item => item!.DeepClone().AsObject()).ToList();
            key.Remove("standby");
            keys.Clear();
            foreach (var listed in standby.Prepend(key))
            {
                listed.Remove("keyid");
                keys.Add(listed);
            }
        }
    }

    /// <summary>The signed part of a root with one key for each role.</summary>
    public JsonObject Root(long version = 1)
    {
        var signed = Signed("root", version, TimeSpan.FromDays(365));
        signed["consistent_snapshot"] = true;
        signed["keys"] = new JsonObject();
        signed["roles"] = new JsonObject();
        SetRole(signed, "root", 1, KeyObject(RootKey));
        SetRole(signed, "targets", 1, KeyObject(TargetsKey));
        SetRole(signed, "snapshot", 1, [.. SnapshotKeys]);
        SetRole(signed, "timestamp", 1, [.. TimestampKeys]);
        return signed;
    }

    /// <summary>The signed part of targets: each tag with the digest of its own name.</summary>
    public JsonObject Targets(long version = 1, params string[] tags)
    {
        var signed = Signed("targets", version, TimeSpan.FromDays(180));
        signed["targets"] = new JsonObject(tags.Select(tag => KeyValuePair.Create<string, JsonNode?>(tag, Target(tag))));
        return signed;
    }

    /// <summary>A target with the digest of <paramref name="content"/>.</summary>
    public static JsonObject Target(string content) => new()
    {
        ["length"] = content.Length + 2,
        ["hashes"] = new JsonObject { ["sha256"] = Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(content))) },
    };

    /// <summary>Adds a delegation to the signed part of a targets role.</summary>
    public static void Delegate(JsonObject targets, string role, int threshold, string pattern, params ISigningKey[] keys)
    {
        targets["delegations"] ??= new JsonObject { ["keys"] = new JsonObject(), ["roles"] = new JsonArray() };
        foreach (var key in keys)
            targets["delegations"]!["keys"]![KeyId(KeyObject(key))] = KeyObject(key);
        targets["delegations"]!["roles"]!.AsArray().Add(new JsonObject
        {
            ["name"] = role,
            ["keyids"] = new JsonArray([.. keys.Select(key => (JsonNode)KeyId(KeyObject(key)))]),
            ["threshold"] = threshold,
            ["paths"] = new JsonArray(pattern),
            ["terminating"] = false,
        });
    }

    /// <summary>Has the signed part of targets delegate to 2^n hash bins <c>bin-…</c> with one key.</summary>
    public static void DelegateToBins(JsonObject targets, int bitLength, ISigningKey key) => targets["delegations"] = new JsonObject
    {
        ["keys"] = new JsonObject { [KeyId(KeyObject(key))] = KeyObject(key) },
        ["succinct_roles"] = new JsonObject { ["keyids"] = new JsonArray(KeyId(KeyObject(key))), ["threshold"] = 1, ["bit_length"] = bitLength, ["name_prefix"] = "bin" },
    };

    /// <summary>Gives a top-level role of a root its keys.</summary>
    public static void SetRole(JsonObject root, string role, int threshold, params JsonObject[] keys)
    {
        foreach (var key in keys)
            root["keys"]![KeyId(key)] = key.DeepClone();
        root["roles"]![role] = new JsonObject { ["keyids"] = new JsonArray([.. keys.Select(key => (JsonNode)KeyId(key))]), ["threshold"] = threshold };
    }

    /// <summary>The TUF key object of a key.</summary>
    public static JsonObject KeyObject(ISigningKey key) => JsonNode.Parse(TufFormat.Instance.DescribeKey(key.Scheme, key.Material).Source.GetRawText())!.AsObject();

    /// <summary>The id of a key object.</summary>
    public static string KeyId(JsonObject key) => Hex.Encode(SHA256.HashData(Canonical(key)));

    /// <summary>A file with a signature of each key.</summary>
    public static byte[] Sign(JsonObject signed, params ISigningKey[] keys) => Sign(signed, [.. keys.Select(key => (KeyId(KeyObject(key)), key))]);

    /// <summary>A file with a signature of each key under the given id.</summary>
    public static byte[] Sign(JsonObject signed, params (string KeyId, ISigningKey Key)[] keys) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["signed"] = signed.DeepClone(),
        ["signatures"] = new JsonArray([.. keys.Select(key => (JsonNode)new JsonObject { ["keyid"] = key.KeyId, ["sig"] = Hex.Encode(key.Key.Sign(Canonical(signed))) })]),
    }.ToJsonString());

    /// <summary>A root that is signed as it should be.</summary>
    public byte[] RootFile(long version = 1) => Sign(Root(version), RootKey);

    /// <summary>Targets that are signed as they should be.</summary>
    public byte[] TargetsFile(long version = 1, params string[] tags) => Sign(Targets(version, tags), TargetsKey);

    /// <summary>Asks for keys and publishes root 1 and targets 1, which must succeed.</summary>
    public async Task InitAsync(HttpClient server, params string[] tags)
    {
        await AskForKeysAsync(server);
        using var answer = await PublishAsync(server, ("root", RootFile()), ("targets", TargetsFile(1, tags)));
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Uploads files by role.</summary>
    public Task<HttpResponseMessage> PublishAsync(HttpClient server, params (string Role, byte[] File)[] files)
    {
        var content = new MultipartFormDataContent();
        foreach (var (role, file) in files)
        {
            var part = new ByteArrayContent(file);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            content.Add(part, "files", role);
        }
        return server.PostAsync(MetadataPath, content);
    }

    /// <inheritdoc/>
    public void Dispose() => made.ForEach(key => key.Dispose());

    private JsonObject Signed(string type, long version, TimeSpan lifetime) => new()
    {
        ["_type"] = type,
        ["spec_version"] = TufFormat.SpecVersion,
        ["version"] = version,
        ["expires"] = (time.GetUtcNow() + lifetime).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    private static byte[] Canonical(JsonNode node) => CanonicalJson.Encode(StrictJson.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()), JsonLimits.OfBytes(int.MaxValue)));
}
