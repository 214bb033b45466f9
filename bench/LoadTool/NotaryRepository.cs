using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TrustService.Json;
using TrustService.Samples;

namespace TrustService.LoadTool;

/// <summary>A repository of Notary v1: metadata signed as the docker client does it.</summary>
internal sealed class NotaryRepository : IOwnedRepository
{
    private readonly string path;
    private readonly int count;
    private readonly string expires;
    private readonly NotaryKey targetsKey = NotaryKey.Generate();
    private readonly byte[] root;
    private long version;

    private NotaryRepository(string gun, int count, DateTimeOffset expires, NotaryKey snapshotKey, NotaryKey timestampKey)
    {
        path = $"/v2/{gun}/_trust/tuf/";
        this.count = count;
        this.expires = expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        root = SignRoot(NotaryKey.ForRoot(gun, expires), snapshotKey, timestampKey);
    }

    public string PublishPath => path;

    public string TimestampPath => $"{path}timestamp.json";

    public ReadOnlyMemory<byte> RootFile => root;

    /// <summary>Asks the server for its keys and makes a repository with the first images.</summary>
    public static async Task<IOwnedRepository> CreateAsync(HttpClient http, string name, int targets, DateTimeOffset expires, CancellationToken cancellationToken) =>
        new NotaryRepository(name, targets, expires, await ServerKeyAsync(http, name, "snapshot", cancellationToken), await ServerKeyAsync(http, name, "timestamp", cancellationToken));

    public Upload First() => Uploading(("root", root));

    public Upload Next() => Uploading();

    private static async Task<NotaryKey> ServerKeyAsync(HttpClient http, string gun, string role, CancellationToken cancellationToken) =>
        NotaryKey.OfServer(JsonElement.Parse(await http.GetByteArrayAsync(new Uri($"/v2/{gun}/_trust/tuf/{role}.key", UriKind.Relative), cancellationToken)));

    private static byte[] Sign(Action<Utf8JsonWriter> writeSigned, NotaryKey key)
    {
        var signed = CanonicalJson.Encode(JsonWriting.Element(writeSigned));
        return JsonWriting.Bytes(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("signed");
            writer.WriteRawValue(signed);
            writer.WriteStartArray("signatures");
            writer.WriteStartObject();
            writer.WriteString("keyid", key.Id);
            writer.WriteString("method", "ecdsa");
            writer.WriteBase64String("sig", key.Sign(signed));
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private Upload Uploading(params (string Role, byte[] File)[] before)
    {
        version++;
        var file = SignTargets();
        return new Upload(Multipart.Write([.. before, ("targets", file)]), Multipart.ContentType, file, $"{path}targets.{Hex.Encode(SHA256.HashData(file))}.json");
    }

    private byte[] SignRoot(NotaryKey rootKey, NotaryKey snapshotKey, NotaryKey timestampKey)
    {
        (string Role, NotaryKey Key)[] roles = [("root", rootKey), ("targets", targetsKey), ("snapshot", snapshotKey), ("timestamp", timestampKey)];
        return Sign(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("_type", "Root");
                writer.WriteBoolean("consistent_snapshot", false);
                writer.WriteString("expires", expires);
                writer.WriteNumber("version", 1);
                writer.WriteStartObject("keys");
                foreach (var (_, key) in roles)
                {
                    writer.WritePropertyName(key.Id);
                    key.Description.WriteTo(writer);
                }
                writer.WriteEndObject();
                writer.WriteStartObject("roles");
                foreach (var (role, key) in roles)
                {
                    writer.WriteStartObject(role);
                    writer.WriteStartArray("keyids");
                    writer.WriteStringValue(key.Id);
                    writer.WriteEndArray();
                    writer.WriteNumber("threshold", 1);
                    writer.WriteEndObject();
                }
                writer.WriteEndObject();
                writer.WriteEndObject();
            },
            rootKey);
    }

    private byte[] SignTargets() => Sign(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("_type", "Targets");
            writer.WriteStartObject("delegations");
            writer.WriteStartObject("keys");
            writer.WriteEndObject();
            writer.WriteStartArray("roles");
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteString("expires", expires);
            writer.WriteNumber("version", version);
            writer.WriteStartObject("targets");
            for (var index = 0; index < count; index++)
            {
                writer.WriteStartObject(SampleImages.Tag(index));
                writer.WriteStartObject("hashes");
                writer.WriteBase64String("sha256", SampleImages.Sha256(index, index == 0 ? version - 1 : 0));
                writer.WriteEndObject();
                writer.WriteNumber("length", SampleImages.Length(index));
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        },
        targetsKey);
}
