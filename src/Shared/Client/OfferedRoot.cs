using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>Asks a server for a root by the protocol of each format in turn: which of them it speaks is not known before.</summary>
public static class OfferedRoot
{
    /// <summary>Finds the first root that is accepted.</summary>
    /// <remarks>
    /// A server that does not know a protocol says so in many ways besides 404: with a challenge for every unknown path, or with a
    /// page for people. So a failure counts only if no protocol leads to a root.
    /// </remarks>
    /// <typeparam name="T">What is made of a root.</typeparam>
    /// <param name="formats">The formats in the order in which they are asked for.</param>
    /// <param name="sourceOf">Where metadata of a format comes from.</param>
    /// <param name="version">The version of the root, or null for the current one.</param>
    /// <param name="accept">Judges a root: the format of the file, its bytes, and where it comes from.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>What was accepted, or null if there is no root.</returns>
    /// <exception cref="TrustException">The refusal of a root, or else the failure that leaves it open whether there is one.</exception>
    public static async Task<T?> FindAsync<T>(
        ImmutableArray<IMetadataFormat> formats, Func<IMetadataFormat, IMetadataSource> sourceOf, long? version, Func<IMetadataFormat, byte[], string, T> accept, CancellationToken cancellationToken)
        where T : class
    {
        TrustException? refusal = null, failure = null, misunderstanding = null;
        var isAbsent = false;
        foreach (var format in formats)
        {
            var source = sourceOf(format);
            byte[] file;
            IMetadataFormat found;
            try
            {
                if (await source.FetchAsync(format.Rules.FileName(RoleName.Root, version), VerificationLimits.Default.MaxRootBytes, cancellationToken).ConfigureAwait(false) is not { } fetched)
                {
                    isAbsent = true;
                    continue;
                }
                found = MetadataFormats.Detect(file = fetched, VerificationLimits.Default.MaxRootBytes);
            }
            catch (TrustException e) when (IsMisunderstanding(e))
            {
                misunderstanding ??= e;
                continue;
            }
            catch (TrustException e)
            {
                failure ??= e;
                continue;
            }
            try
            {
                return accept(found, file, source.Location);
            }
            catch (TrustException e)
            {
                // A server may keep another repository of that name in its other format.
                refusal ??= e;
            }
        }
        return refusal is null && failure is null && (isAbsent || misunderstanding is null) ? null : throw (refusal ?? failure ?? misunderstanding)!;
    }

    // What comes back for a path that the server does not know, besides 404.
    private static bool IsMisunderstanding(TrustException e) =>
        e.Error is TrustError.Unauthorized or TrustError.Forbidden or TrustError.ServerRefused || e.Info.Outcome is Outcome.Untrusted;
}
