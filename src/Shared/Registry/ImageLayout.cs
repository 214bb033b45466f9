using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Reads manifests from an image layout on disk. Source: OCI image-spec 1.1, Image Layout.</summary>
/// <param name="layout">The layout and the image in it.</param>
/// <remarks>
/// A layout does not know repositories, so it stands in for whichever one is asked for: the layout reference says which image
/// is served for a tag.
/// </remarks>
public sealed class ImageLayout(OciLayoutReference layout) : IImageSource
{
    private const string LayoutVersion = "1.0.0";

    private readonly LayoutFiles _files = new(layout.Directory);

    /// <summary>The image that the layout reference names.</summary>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.ImageUnknown"/>, <see cref="TrustError.InvalidReference"/> if the layout holds several images and none is named,
    /// <see cref="TrustError.InvalidManifest"/>, <see cref="TrustError.HashMismatch"/>, <see cref="TrustError.TooLarge"/> or <see cref="TrustError.LocalFile"/>.
    /// </exception>
    public async Task<Manifest> ResolveAsync(CancellationToken cancellationToken)
    {
        var index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        var listed = index.Select(layout);
        var manifest = await ReadAsync(listed.Digest, listed.MediaType, cancellationToken).ConfigureAwait(false);
        return manifest.Descriptor == listed
            ? manifest
            : throw new TrustException(TrustError.InvalidManifest, $"The image layout lists {listed.Size} bytes for {listed.Digest.Short}, but it has {manifest.Descriptor.Size}.");
    }

    /// <inheritdoc/>
    public Task<Manifest> ResolveAsync(ImageReference reference, CancellationToken cancellationToken) =>
        reference.Digest is { } digest ? FetchAsync(reference.Repository, digest, cancellationToken) : ResolveAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<Manifest> FetchAsync(RepositoryName repository, Digest digest, CancellationToken cancellationToken)
    {
        var index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(digest, index.Find(digest)?.MediaType, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Manifest> ReadAsync(Digest digest, string? mediaType, CancellationToken cancellationToken)
    {
        var bytes = await _files.ReadBlobAsync(digest, cancellationToken).ConfigureAwait(false)
            ?? throw new TrustException(TrustError.ImageUnknown, $"The image layout {layout.Directory} does not hold {digest}.");
        // In a layout the name of a blob is a promise about its bytes: a broken one is damage or tampering, not another image.
        return digest.Matches(bytes)
            ? ManifestReader.Read(bytes, mediaType, digest)
            : throw new TrustException(TrustError.HashMismatch, $"The blob {digest.Short} of the image layout {layout.Directory} holds other bytes than its name says: it was damaged or tampered with.");
    }

    private async Task<LayoutIndex> ReadIndexAsync(CancellationToken cancellationToken)
    {
        CheckVersion(await _files.ReadAsync(OciLimits.MaxLayoutMarkerBytes, ["oci-layout"], cancellationToken).ConfigureAwait(false)
            ?? throw NoLayout("it has no file oci-layout"));
        return LayoutIndex.Parse(await _files.ReadAsync(OciLimits.MaxLayoutIndexBytes, ["index.json"], cancellationToken).ConfigureAwait(false)
            ?? throw NoLayout("it has no file index.json"));
    }

    private void CheckVersion(byte[] marker)
    {
        var json = StrictJson.Parse(marker, JsonLimits.OfBytes(OciLimits.MaxLayoutMarkerBytes));
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("imageLayoutVersion", out var version) ||
            version.ValueKind != JsonValueKind.String || version.GetString() != LayoutVersion)
            throw new TrustException(TrustError.InvalidManifest, $"{layout.Directory} is not an image layout of version {LayoutVersion}.");
    }

    private TrustException NoLayout(string problem) =>
        new(TrustError.LocalFile, $"{layout.Directory} is not an image layout: {problem}.") { Hint = "Name the directory that holds oci-layout, index.json and blobs." };
}
