using System.Collections.Immutable;
using System.Text.Json;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService;

/// <summary>How an image is written as a TUF target: length and sha256 of its manifest, its media type as custom data.</summary>
public static class ImageTarget
{
    /// <summary>The custom data that this class writes itself.</summary>
    public static ImmutableArray<string> ReservedNames { get; } = [IndexesMember, MediaTypeMember];

    private const string MediaTypeMember = "mediaType";
    private const string IndexesMember = "indexes";

    /// <summary>The target of an image.</summary>
    /// <param name="image">The manifest.</param>
    /// <param name="custom">More custom data, each as text; null for none.</param>
    public static TargetFile Of(Descriptor image, IReadOnlyDictionary<string, string>? custom) => Of(image.Size, HashesOf(image), writer =>
    {
        writer.WriteString(MediaTypeMember, image.MediaType);
        foreach (var (name, value) in custom ?? new Dictionary<string, string>())
        {
            if (!ReservedNames.Contains(name))
                writer.WriteString(name, value);
        }
    });

    /// <summary>The target of an image with its owner's custom data alone, or with none.</summary>
    /// <param name="image">The manifest.</param>
    /// <param name="custom">Custom data, each as text.</param>
    public static TargetFile Plain(Descriptor image, IReadOnlyDictionary<string, string> custom) =>
        custom.Count > 0
            ? Of(image.Size, HashesOf(image), writer =>
            {
                foreach (var (name, value) in custom)
                    writer.WriteString(name, value);
            })
            : new TargetFile { Length = image.Size, Hashes = HashesOf(image) };

    /// <summary>The target of an image that is signed because an index names it.</summary>
    /// <param name="image">The manifest.</param>
    /// <param name="index">The sha256 of the index.</param>
    public static TargetFile OfPlatform(Descriptor image, Digest index) => WithIndexes(Of(image, null), [index]);

    /// <summary>The indexes with which a target was signed; none if it was signed by itself.</summary>
    public static ImmutableArray<Digest> IndexesOf(TargetFile target) =>
        target.Custom is { ValueKind: JsonValueKind.Object } custom && custom.TryGetProperty(IndexesMember, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String && Digest.TryParse(item.GetString(), out var digest) ? digest : null).OfType<Digest>()]
            : [];

    /// <summary>The media type that was signed, or null.</summary>
    public static string? MediaTypeOf(TargetFile target) =>
        target.Custom is { ValueKind: JsonValueKind.Object } custom && custom.TryGetProperty(MediaTypeMember, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    // The target of a platform with other indexes; it has no custom data but what is written here.
    internal static TargetFile WithIndexes(TargetFile platform, ImmutableArray<Digest> indexes) => Of(platform.Length, platform.Hashes, writer =>
    {
        writer.WriteStartArray(IndexesMember);
        foreach (var index in indexes)
            writer.WriteStringValue(index.ToString());
        writer.WriteEndArray();
        writer.WriteString(MediaTypeMember, MediaTypeOf(platform) ?? "");
    });

    private static FileHashes HashesOf(Descriptor image) => FileHashes.FromSha256(Convert.FromHexString(image.Digest.Hex));

    private static TargetFile Of(long length, FileHashes hashes, Action<Utf8JsonWriter> writeCustom) => new()
    {
        Length = length,
        Hashes = hashes,
        Custom = JsonWriting.Element(writer =>
        {
            writer.WriteStartObject();
            writeCustom(writer);
            writer.WriteEndObject();
        }),
    };
}
