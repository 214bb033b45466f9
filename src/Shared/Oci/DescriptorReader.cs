using System.Text.Json;
using TrustService.Errors;

namespace TrustService.Oci;

/// <summary>Reads a descriptor out of a manifest or an image layout's index.</summary>
internal static class DescriptorReader
{
    /// <summary>Reads one descriptor.</summary>
    /// <param name="json">The element.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidManifest"/>.</exception>
    public static Descriptor Read(JsonElement json, string where)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw ManifestReader.Invalid($"{where} is not a descriptor");
        MemberNames.RefuseTwins(json, "mediaType", "digest", "size", "urls", "platform");
        if (json.TryGetProperty("urls", out var urls) && (urls.ValueKind != JsonValueKind.Array || urls.GetArrayLength() > 0))
            throw ManifestReader.Invalid($"{where} is to be fetched from other places (urls), which nobody's signature can vouch for");
        if (!json.TryGetProperty("mediaType", out var mediaType))
            throw ManifestReader.Invalid($"{where} has no mediaType");
        if (!json.TryGetProperty("digest", out var digestText) || !Digest.TryParse(Text(digestText, "digest"), out var digest))
            throw ManifestReader.Invalid($"{where} has no acceptable digest");
        if (!json.TryGetProperty("size", out var sizeValue) || sizeValue.ValueKind != JsonValueKind.Number || !sizeValue.TryGetInt64(out var size) || size < 0)
            throw ManifestReader.Invalid($"{where} has no acceptable size");
        return new Descriptor(Text(mediaType, "mediaType"), digest, size);
    }

    /// <summary>The text of an element that must be a string.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidManifest"/>.</exception>
    public static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()! : throw ManifestReader.Invalid($"{name} is not a string");
}
