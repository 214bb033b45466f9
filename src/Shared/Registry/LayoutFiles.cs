using TrustService.Errors;
using TrustService.Http;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Reads the files of an image layout: plain files below its directory, through no link, never more than a limit.</summary>
internal sealed class LayoutFiles(string directory)
{
    /// <summary>Reads one file.</summary>
    /// <param name="maxBytes">Bytes at the most.</param>
    /// <param name="parts">Path below the layout's directory.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The bytes, or null if there is no such file.</returns>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.InvalidManifest"/> for a link or an empty or special file, <see cref="TrustError.TooLarge"/>, <see cref="TrustError.LocalFile"/>.
    /// </exception>
    public async Task<byte[]?> ReadAsync(int maxBytes, string[] parts, CancellationToken cancellationToken)
    {
        var path = directory;
        try
        {
            foreach (var part in parts)
            {
                path = Path.Combine(path, part);
                if (new FileInfo(path).LinkTarget is not null)
                    throw new TrustException(TrustError.InvalidManifest, $"{path} is a link; an image layout is read through plain files only.");
            }
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;
            // Pipes and devices have no length; opening them could wait for ever.
            if (file.Length == 0)
                throw new TrustException(TrustError.InvalidManifest, $"{path} is empty or not a plain file.");
            using var stream = file.OpenRead();
            return await BoundedContent.ReadStreamAsync(stream, maxBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"{path} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>Reads a manifest's bytes by digest, or null if the layout does not hold it.</summary>
    /// <exception cref="TrustException">As for <see cref="ReadAsync"/>.</exception>
    public Task<byte[]?> ReadBlobAsync(Digest digest, CancellationToken cancellationToken) =>
        ReadAsync(OciLimits.MaxManifestBytes, ["blobs", digest.Algorithm, digest.Hex], cancellationToken);
}
