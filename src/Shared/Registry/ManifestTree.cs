using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Collects what an index reaches.</summary>
public static class ManifestTree
{
    /// <summary>
    /// Fetches every manifest below <paramref name="root"/>, each once, in the order of the lists that name them.
    /// </summary>
    /// <remarks>Only digests that stand in the bytes of the root or of an index below it are asked for.</remarks>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.TooLarge"/> beyond <see cref="OciLimits.MaxChildren"/> or <see cref="OciLimits.MaxIndexDepth"/>,
    /// <see cref="TrustError.InvalidManifest"/> if a list and what it names disagree, or a failure of the source.
    /// </exception>
    public static async Task<ImmutableArray<Manifest>> FetchChildrenAsync(
        IImageSource source, RepositoryName repository, Manifest root, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<Manifest>();
        var seen = new HashSet<Digest> { root.Digest };
        IReadOnlyList<Manifest> level = [root];
        for (var depth = 0; level.Any(manifest => manifest.Children.Length > 0); depth++)
        {
            if (depth >= OciLimits.MaxIndexDepth)
                throw new TrustException(TrustError.TooLarge, $"The index {root.Digest.Short} nests more than {OciLimits.MaxIndexDepth} levels.");
            var next = new List<Manifest>();
            foreach (var child in level.SelectMany(manifest => manifest.Children))
            {
                if (!seen.Add(child.Descriptor.Digest))
                    continue;
                if (seen.Count > OciLimits.MaxChildren + 1)
                    throw new TrustException(TrustError.TooLarge, $"The index {root.Digest.Short} reaches more than {OciLimits.MaxChildren} manifests.");
                next.Add(await FetchAsync(source, repository, child.Descriptor, cancellationToken).ConfigureAwait(false));
            }
            found.AddRange(next);
            level = next;
        }
        return found.ToImmutable();
    }

    private static async Task<Manifest> FetchAsync(
        IImageSource source, RepositoryName repository, Descriptor listed, CancellationToken cancellationToken)
    {
        var manifest = await source.FetchAsync(repository, listed.Digest, cancellationToken).ConfigureAwait(false);
        return manifest.Descriptor == listed
            ? manifest
            : throw new TrustException(
                TrustError.InvalidManifest,
                $"The index lists {listed.Digest.Short} as {Quoted.Text(listed.MediaType)} of {listed.Size} bytes, but it is {manifest.Descriptor.MediaType} of {manifest.Descriptor.Size} bytes.");
    }
}
