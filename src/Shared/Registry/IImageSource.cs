using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Serves manifests: a registry, or an image layout on disk. Nothing that it says is trusted.</summary>
public interface IImageSource
{
    /// <summary>
    /// What the source serves now for a reference. A digest in the reference decides alone; the tag beside it is not looked at.
    /// </summary>
    /// <returns>The manifest, whose digest was computed once from the bytes that are handed on.</returns>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.ImageUnknown"/>, <see cref="TrustError.InvalidManifest"/>, <see cref="TrustError.DigestMismatch"/>,
    /// <see cref="TrustError.TooLarge"/>, or a code for the source's own failure.
    /// </exception>
    Task<Manifest> ResolveAsync(ImageReference reference, CancellationToken cancellationToken);

    /// <summary>The manifest with a digest.</summary>
    /// <exception cref="TrustException">As for <see cref="ResolveAsync"/>.</exception>
    Task<Manifest> FetchAsync(RepositoryName repository, Digest digest, CancellationToken cancellationToken);
}
