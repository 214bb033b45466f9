using System.Collections.Immutable;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>The <c>index.json</c> of an image layout: which images it holds and how they are tagged. Source: OCI image-spec 1.1, Image Layout.</summary>
internal sealed class LayoutIndex
{
    private const string TagAnnotation = "org.opencontainers.image.ref.name";

    private readonly ImmutableArray<(Descriptor Descriptor, string? Tag)> _entries;

    private LayoutIndex(ImmutableArray<(Descriptor Descriptor, string? Tag)> entries) => _entries = entries;

    /// <summary>Reads the file's bytes.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidManifest"/>.</exception>
    public static LayoutIndex Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var json = StrictJson.Parse(bytes.Span, new JsonLimits(OciLimits.MaxLayoutIndexBytes, OciLimits.MaxManifestDepth));
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("manifests", out var manifests) || manifests.ValueKind != JsonValueKind.Array)
                throw new TrustException(TrustError.InvalidManifest, "index.json of the image layout has no list of manifests.");
            return new LayoutIndex([.. manifests.EnumerateArray().Select(entry => (DescriptorReader.Read(entry, "an entry of index.json"), TagOf(entry)))]);
        }
        catch (TrustException e) when (e.Error == TrustError.MalformedJson)
        {
            throw new TrustException(TrustError.InvalidManifest, $"index.json of the image layout: {e.Message}", e);
        }
    }

    /// <summary>What a reference selects.</summary>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.ImageUnknown"/>, <see cref="TrustError.InvalidReference"/> if there are several to choose from, or
    /// <see cref="TrustError.InvalidManifest"/> if one tag names two images.
    /// </exception>
    public Descriptor Select(OciLayoutReference reference)
    {
        var fitting = _entries
            .Where(entry => (reference.Tag is null || entry.Tag == reference.Tag) && (reference.Digest is null || entry.Descriptor.Digest == reference.Digest))
            .Select(entry => entry.Descriptor).Distinct().ToArray();
        return fitting switch
        {
            [var one] => one,
            [] => throw new TrustException(TrustError.ImageUnknown, $"The image layout has no image {reference}.") { Hint = TagsHint() },
            _ when reference.Tag is null => throw new TrustException(TrustError.InvalidReference, $"The image layout {reference} holds {fitting.Length} images; one must be named.") { Hint = TagsHint() },
            _ => throw new TrustException(TrustError.InvalidManifest, $"The image layout names {fitting.Length} different images {Quoted.Text(reference.Tag)}."),
        };
    }

    /// <summary>The entry with a digest, or null.</summary>
    public Descriptor? Find(Digest digest) => _entries.Select(entry => entry.Descriptor).FirstOrDefault(descriptor => descriptor.Digest == digest);

    private string TagsHint()
    {
        const int shown = 20;
        var tags = _entries.Select(entry => entry.Tag).OfType<string>().Distinct().ToArray();
        return tags.Length == 0
            ? "It has no tags; name an image by its digest, as oci:DIR@sha256:DIGEST."
            : $"Its tags: {string.Join(", ", tags.Take(shown).Select(Quoted.Text))}{(tags.Length > shown ? ", …" : "")}.";
    }

    private static string? TagOf(JsonElement entry) =>
        entry.TryGetProperty("annotations", out var annotations) && annotations.ValueKind == JsonValueKind.Object &&
        annotations.TryGetProperty(TagAnnotation, out var tag) && tag.ValueKind == JsonValueKind.String ? tag.GetString() : null;
}
