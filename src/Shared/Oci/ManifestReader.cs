using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrustService.Errors;
using TrustService.Json;

namespace TrustService.Oci;

/// <summary>Reads manifests and indexes so that no two readers can see different images in the same bytes.</summary>
/// <remarks>Source: OCI image-spec 1.1, Image Manifest and Image Index; Docker image manifest version 2, schema 2.</remarks>
public static partial class ManifestReader
{
    /// <summary>Reads one manifest or index.</summary>
    /// <param name="bytes">The bytes as they were served; at most <see cref="OciLimits.MaxManifestBytes"/>.</param>
    /// <param name="contentType">Media type that the registry or the parent descriptor says, or null if nothing says one.</param>
    /// <param name="expected">Digest that was asked for, or null if it was asked for by tag.</param>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.DigestMismatch"/> if the bytes are not the expected ones, else <see cref="TrustError.InvalidManifest"/>.
    /// </exception>
    public static Manifest Read(ReadOnlyMemory<byte> bytes, string? contentType, Digest? expected)
    {
        if (bytes.Length is 0 or > OciLimits.MaxManifestBytes)
            throw Invalid($"it has {bytes.Length} bytes; 1 to {OciLimits.MaxManifestBytes} are accepted");
        if (expected is not null && !expected.Matches(bytes.Span))
            throw new TrustException(TrustError.DigestMismatch, $"The manifest's bytes are not {expected}; they are {Digest.OfSha256(bytes.Span)}.");

        var json = ParseObject(bytes);
        var mediaType = MediaTypeOf(json, WithoutParameters(contentType));
        var kind = MediaTypes.KindOf(mediaType) ?? throw Invalid($"its media type {Quoted.Text(mediaType)} is not one of an image or index");
        var children = kind == ManifestKind.Image ? ReadImage(json) : ReadIndex(json);
        var descriptor = new Descriptor(mediaType, expected ?? Digest.OfSha256(bytes.Span), bytes.Length);
        return new Manifest(descriptor, kind, children, bytes);
    }

    private static JsonElement ParseObject(ReadOnlyMemory<byte> bytes)
    {
        JsonElement json;
        try
        {
            json = StrictJson.Parse(bytes.Span, new JsonLimits(OciLimits.MaxManifestBytes, OciLimits.MaxManifestDepth));
        }
        catch (TrustException e) when (e.Error == TrustError.MalformedJson)
        {
            throw new TrustException(TrustError.InvalidManifest, e.Message, e);
        }
        if (json.ValueKind != JsonValueKind.Object)
            throw Invalid("it is not a JSON object");
        MemberNames.RefuseTwins(json, "schemaVersion", "mediaType", "config", "layers", "manifests", "fsLayers", "history", "subject");
        return json;
    }

    private static string MediaTypeOf(JsonElement json, string? contentType)
    {
        var inside = json.TryGetProperty("mediaType", out var value) ? DescriptorReader.Text(value, "mediaType") : null;
        if (MediaTypes.IsSchema1(inside ?? contentType ?? "") || IsSchemaVersion(json, 1))
            throw Invalid("it has Docker's schema 1, which does not bind the image's content")
                .WithHint("Push the image again with a current tool; it will have schema 2 or OCI form.");
        if (!IsSchemaVersion(json, 2))
            throw Invalid("its schemaVersion is not 2");
        if (inside is not null && contentType is not null && inside != contentType)
            throw Invalid($"it says mediaType {Quoted.Text(inside)}, but was served as {Quoted.Text(contentType)}");
        return inside ?? contentType ?? throw Invalid("nothing says its media type");
    }

    private static bool IsSchemaVersion(JsonElement json, int version) =>
        json.TryGetProperty("schemaVersion", out var value) && value.ValueKind == JsonValueKind.Number &&
        value.TryGetInt32(out var number) && number == version;

    private static ImmutableArray<ManifestChild> ReadImage(JsonElement json)
    {
        RefuseMembers(json, "an image", "manifests", "fsLayers", "history");
        DescriptorReader.Read(Member(json, "config"), "config");
        foreach (var layer in Items(json, "layers"))
            DescriptorReader.Read(layer, "a layer");
        return [];
    }

    private static ImmutableArray<ManifestChild> ReadIndex(JsonElement json)
    {
        RefuseMembers(json, "an index", "config", "layers", "fsLayers", "history");
        return [.. Items(json, "manifests").Select(item => new ManifestChild(DescriptorReader.Read(item, "an entry of manifests"), PlatformOf(item)))];
    }

    private static void RefuseMembers(JsonElement json, string what, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (json.TryGetProperty(name, out _))
                throw Invalid($"it is ambiguous: {what} cannot have {name}");
        }
    }

    private static JsonElement Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value : throw Invalid($"it has no {name}");

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string name)
    {
        var value = Member(json, name);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Invalid($"{name} is not an array");
    }

    /// <summary>A platform that is not plain words is left out: it is only for people and for choosing.</summary>
    private static string? PlatformOf(JsonElement item)
    {
        if (!item.TryGetProperty("platform", out var platform) || platform.ValueKind != JsonValueKind.Object)
            return null;
        var text = $"{Part("os")}/{Part("architecture")}/{Part("variant")}".TrimEnd('/');
        return Platform().IsMatch(text) ? text : null;

        string? Part(string name) =>
            platform.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private static string? WithoutParameters(string? contentType) => contentType?.Split(';', 2)[0].Trim().ToLowerInvariant();

    internal static TrustException Invalid(string problem) => new(TrustError.InvalidManifest, $"The manifest cannot be accepted: {problem}.");

    private static TrustException WithHint(this TrustException exception, string hint) =>
        new(exception.Error, exception.Message) { Hint = hint };

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}/[A-Za-z0-9._-]{1,64}(?:/[A-Za-z0-9._-]{1,64})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Platform();
}
