using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace TrustService.Server.Tests.Endpoints.Notary;

/// <summary>The owner of a Notary repository: makes and uploads files as the clients do, without the project's own code.</summary>
internal sealed class NotaryOwner(TimeProvider time, string gun = "registry.example.com/team/app", bool holdsSnapshotKey = false) : IDisposable
{
    private readonly Dictionary<string, JsonObject> serverKeys = [];

    public string Gun => gun;

    /// <summary>Path of its metadata, with the slash at the end.</summary>
    public string Path => $"/v2/{gun}/_trust/tuf/";

    public NotaryKeyPair RootKey { get; private set; } = NotaryKeyPair.InCertificate(gun, time.GetUtcNow());

    public NotaryKeyPair TargetsKey { get; } = NotaryKeyPair.Bare();

    /// <summary>The snapshot key that the owner holds, or null if it is the server's.</summary>
    public NotaryKeyPair? SnapshotKey { get; set; } = holdsSnapshotKey ? NotaryKeyPair.Bare() : null;

    /// <summary>Takes over the server's keys, as the next root lists them.</summary>
    public async Task AskForKeysAsync(HttpClient server, bool isNew = false)
    {
        foreach (var role in (string[])["snapshot", "timestamp"])
        {
            using var answer = isNew ? await server.PostAsync($"{Path}{role}.key", null) : await server.GetAsync($"{Path}{role}.key");
            serverKeys[role] = await answer.EnsureSuccessStatusCode().JsonAsync();
        }
    }

    public byte[] RootFile(int version = 1, params NotaryKeyPair[] alsoSignedBy)
    {
        var snapshot = SnapshotKey?.Object ?? serverKeys["snapshot"];
        var keys = new JsonObject();
        var roles = new JsonObject();
        foreach (var (role, key) in ((string, JsonObject)[])[("root", RootKey.Object), ("targets", TargetsKey.Object), ("snapshot", snapshot), ("timestamp", serverKeys["timestamp"])])
        {
            var id = NotaryJson.Sha256Hex(NotaryJson.Canonical(key));
            keys[id] = key.DeepClone();
            roles[role] = new JsonObject { ["keyids"] = new JsonArray(id), ["threshold"] = 1 };
        }
        var signed = new JsonObject { ["_type"] = "Root", ["consistent_snapshot"] = false, ["expires"] = Expires(3640), ["keys"] = keys, ["roles"] = roles, ["version"] = version };
        return File(signed, [RootKey, .. alsoSignedBy]);
    }

    /// <summary>The next root, under another certificate and signed by both.</summary>
    public byte[] RotatedRootFile(int version)
    {
        var former = RootKey;
        RootKey = NotaryKeyPair.InCertificate(gun, time.GetUtcNow());
        return RootFile(version, former);
    }

    public static JsonObject Targets(string expires, int version, params string[] tags) => new()
    {
        ["_type"] = "Targets",
        ["delegations"] = new JsonObject { ["keys"] = new JsonObject(), ["roles"] = new JsonArray() },
        ["expires"] = expires,
        ["targets"] = new JsonObject(tags.Select(tag => KeyValuePair.Create<string, JsonNode?>(tag, new JsonObject
        {
            ["hashes"] = new JsonObject { ["sha256"] = Convert.ToBase64String(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(tag))) },
            ["length"] = 7,
        }))),
        ["version"] = version,
    };

    public byte[] TargetsFile(int version = 1, params string[] tags) => File(Targets(Expires(1000), version, tags), TargetsKey);

    /// <summary>Targets that delegate everything to one role.</summary>
    public byte[] DelegatingFile(int version, string role, NotaryKeyPair key)
    {
        var targets = Targets(Expires(1000), version);
        targets["delegations"] = new JsonObject
        {
            ["keys"] = new JsonObject { [key.Id] = key.Object.DeepClone() },
            ["roles"] = new JsonArray(new JsonObject { ["keyids"] = new JsonArray(key.Id), ["name"] = role, ["paths"] = new JsonArray(""), ["threshold"] = 1 }),
        };
        return File(targets, TargetsKey);
    }

    public byte[] DelegatedFile(int version, NotaryKeyPair key, params string[] tags) => File(Targets(Expires(1000), version, tags), key);

    /// <summary>A snapshot by the owner's key, over the files that are given.</summary>
    public byte[] SnapshotFile(int version, params (string Role, byte[] File)[] files) => File(
        new JsonObject
        {
            ["_type"] = "Snapshot",
            ["expires"] = Expires(1000),
            ["meta"] = new JsonObject(files.Select(file => KeyValuePair.Create<string, JsonNode?>(file.Role, new JsonObject
            {
                ["hashes"] = new JsonObject { ["sha256"] = Convert.ToBase64String(SHA256.HashData(file.File)), ["sha512"] = Convert.ToBase64String(SHA512.HashData(file.File)) },
                ["length"] = file.File.Length,
            }))),
            ["version"] = version,
        },
        SnapshotKey!);

    public string Expires(int days) => time.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd'T'HH:mm:ss.123456789'Z'", null);

    public static byte[] File(JsonObject signed, params NotaryKeyPair[] keys) =>
        [.. "{\"signed\":"u8, .. NotaryJson.Canonical(signed), .. ",\"signatures\":"u8, .. NotaryJson.Canonical(new JsonArray([.. keys.Select(key => key.Sign(signed))])), .. "}"u8];

    /// <summary>The first publish: root 1 and targets 1, with a snapshot if its key is the owner's.</summary>
    public async Task InitAsync(HttpClient server, params string[] tags)
    {
        await AskForKeysAsync(server);
        var (root, targets) = (RootFile(), TargetsFile(1, tags));
        using var answer = await PublishAsync(server, SnapshotKey is null
            ? [("root", root), ("targets", targets)]
            : [("snapshot", SnapshotFile(1, ("root", root), ("targets", targets))), ("root", root), ("targets", targets)]);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Uploads files under their names, in the order given.</summary>
    public Task<HttpResponseMessage> PublishAsync(HttpClient server, params (string Name, byte[] File)[] files)
    {
        var body = new MultipartFormDataContent();
        foreach (var (name, file) in files)
        {
            var part = new ByteArrayContent(file);
            part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"files\"", FileName = $"\"{name}\"" };
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            body.Add(part);
        }
        return server.PostAsync(Path, body);
    }

    public Task<byte[]> ReadAsync(HttpClient server, string file) => server.GetByteArrayAsync(Path + file);

    /// <summary>The signed part of a current file.</summary>
    public async Task<JsonObject> SignedAsync(HttpClient server, string file) => JsonNode.Parse(await ReadAsync(server, file))!["signed"]!.AsObject();

    public async Task<int> VersionAsync(HttpClient server, string role) => (int)(await SignedAsync(server, $"{role}.json"))["version"]!;

    public void Dispose()
    {
        RootKey.Dispose();
        TargetsKey.Dispose();
        SnapshotKey?.Dispose();
    }
}
