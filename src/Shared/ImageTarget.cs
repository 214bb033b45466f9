using System.Text.Json;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService;

/// <summary>How an image is written as a TUF target: length and sha256 of its manifest, its media type as custom data.</summary>
public static class ImageTarget
{
    private const string MediaTypeMember = "mediaType";

    /// <summary>The target of an image.</summary>
    /// <param name="image">The manifest.</param>
    /// <param name="custom">More custom data, each as text; null for none.</param>
    public static TargetFile Of(Descriptor image, IReadOnlyDictionary<string, string>? custom) => new()
    {
        Length = image.Size,
        Hashes = FileHashes.FromSha256(Convert.FromHexString(image.Digest.Hex)),
        Custom = JsonWriting.Element(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString(MediaTypeMember, image.MediaType);
            foreach (var (name, value) in custom ?? new Dictionary<string, string>())
            {
                if (name != MediaTypeMember)
                    writer.WriteString(name, value);
            }
            writer.WriteEndObject();
        }),
    };

    /// <summary>The media type that was signed, or null.</summary>
    public static string? MediaTypeOf(TargetFile target) =>
        target.Custom is { ValueKind: JsonValueKind.Object } custom && custom.TryGetProperty(MediaTypeMember, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
