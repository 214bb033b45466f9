using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;
using TrustService.Oci;

namespace TrustService.Testing;

/// <summary>Writes a valid OCI image layout from real content; the same content always gives the same bytes.</summary>
public sealed class ImageLayoutBuilder
{
    private readonly JsonArray _entries = [];

    /// <summary>Starts a layout in a directory, which is made if it does not exist.</summary>
    public ImageLayoutBuilder(string directory)
    {
        DirectoryPath = directory;
        Directory.CreateDirectory(Path.Combine(directory, "blobs", "sha256"));
        File.WriteAllText(Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        WriteIndex();
    }

    /// <summary>The layout's directory.</summary>
    public string DirectoryPath { get; }

    /// <summary>Adds an image of one layer with the given files.</summary>
    /// <param name="tag">Tag, or null for none.</param>
    /// <param name="files">Path in the image → content.</param>
    /// <param name="platform"><c>os/architecture</c>.</param>
    public Descriptor AddImage(string? tag, IReadOnlyDictionary<string, string> files, string platform = "linux/amd64") =>
        List(tag, WriteImage(files, platform));

    /// <summary>Adds an index with one image for each platform, all of the given files and one that names the platform.</summary>
    public Descriptor AddIndex(string? tag, IReadOnlyDictionary<string, string> files, params ReadOnlySpan<string> platforms)
    {
        var children = new JsonArray();
        foreach (var platform in platforms)
        {
            var image = WriteImage(new Dictionary<string, string>(files) { ["platform"] = platform }, platform);
            var parts = platform.Split('/');
            children.Add(Json(image, ("platform", new JsonObject { ["architecture"] = parts[1], ["os"] = parts[0] })));
        }
        return AddManifest(tag, MediaTypes.OciIndex, new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = children });
    }

    /// <summary>Adds any JSON as a manifest.</summary>
    public Descriptor AddManifest(string? tag, string mediaType, JsonNode json) => List(tag, WriteBlob(mediaType, Encoding.UTF8.GetBytes(json.ToJsonString())));

    /// <summary>A descriptor as JSON.</summary>
    public static JsonObject Json(Descriptor descriptor, params ReadOnlySpan<(string Name, JsonNode Value)> more)
    {
        var json = new JsonObject { ["mediaType"] = descriptor.MediaType, ["digest"] = descriptor.Digest.ToString(), ["size"] = descriptor.Size };
        foreach (var (name, value) in more)
            json[name] = value;
        return json;
    }

    /// <summary>Path of a blob.</summary>
    public string BlobPath(Digest digest) => Path.Combine(DirectoryPath, "blobs", digest.Algorithm, digest.Hex);

    private Descriptor List(string? tag, Descriptor descriptor)
    {
        var entry = Json(descriptor);
        if (tag is not null)
            entry["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = tag };
        _entries.Add((JsonNode)entry);
        WriteIndex();
        return descriptor;
    }

    private void WriteIndex() => File.WriteAllText(
        Path.Combine(DirectoryPath, "index.json"),
        new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = _entries.DeepClone() }.ToJsonString());

    private Descriptor WriteImage(IReadOnlyDictionary<string, string> files, string platform)
    {
        var layer = WriteBlob("application/vnd.oci.image.layer.v1.tar", Tar(files));
        var parts = platform.Split('/');
        var config = new JsonObject
        {
            ["architecture"] = parts[1],
            ["os"] = parts[0],
            ["config"] = new JsonObject(),
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(layer.Digest.ToString()) },
        };
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = Json(WriteBlob("application/vnd.oci.image.config.v1+json", Encoding.UTF8.GetBytes(config.ToJsonString()))),
            ["layers"] = new JsonArray(Json(layer)),
        };
        return WriteBlob(MediaTypes.OciManifest, Encoding.UTF8.GetBytes(manifest.ToJsonString()));
    }

    private Descriptor WriteBlob(string mediaType, byte[] bytes)
    {
        var digest = Digest.OfSha256(bytes);
        File.WriteAllBytes(BlobPath(digest), bytes);
        return new Descriptor(mediaType, digest, bytes.Length);
    }

    private static byte[] Tar(IReadOnlyDictionary<string, string> files)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (path, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                using var data = new MemoryStream(Encoding.UTF8.GetBytes(content));
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = data, ModificationTime = DateTimeOffset.UnixEpoch });
            }
        }
        return bytes.ToArray();
    }
}
