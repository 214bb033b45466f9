using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>What a verifier was given, by a way that it trusts, to tell the root of a repository from any other.</summary>
public abstract record TrustAnchor
{
    /// <summary>The anchor as people write it: <c>root:1:sha256:…</c>.</summary>
    public abstract string Text { get; }

    /// <summary>A file name for the root chain that follows from this anchor: no other anchor has it.</summary>
    internal abstract string CacheKey { get; }

    /// <summary>The file of the first root, or null if it has to be fetched.</summary>
    internal virtual ReadOnlyMemory<byte>? FirstRoot => null;

    /// <summary>The version of the first root, or null if any will do that <see cref="Require"/> accepts.</summary>
    internal virtual long? FirstVersion => null;

    /// <summary>Refuses a chain of roots, each accepted by the one before it, that this anchor does not vouch for.</summary>
    /// <param name="roots">The roots, oldest first.</param>
    /// <param name="location">Where they came from, for the message.</param>
    /// <param name="referenceTime">The time of the check, UTC.</param>
    /// <returns>The one root that this anchor vouches for. What comes before it is the offerer's word: whoever makes it up can list the genuine key in it.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.RootMismatch"/></exception>
    public TrustedRoot RequireChain(IReadOnlyList<TrustedRoot> roots, string location, DateTimeOffset referenceTime)
    {
        var anchored = roots.SkipWhile(root => FirstVersion is { } version && root.Version != version).ToList();
        if (anchored.Count == 0)
        {
            throw new TrustException(TrustError.RootMismatch, $"{Text} is {(roots.Count == 1 ? $"not root {roots[0].Version}" : $"none of the roots {roots[0].Version} to {roots[^1].Version}")} at {location}.")
            {
                Role = "root",
                Hint = "Either that root belongs to another repository, or what is offered is forged. Ask the repository's owners.",
            };
        }
        RequireFirst(anchored[0].Metadata.File.Span, location);
        // Certificates are pinned for what is current.
        var trusted = FirstVersion is null ? anchored[^1] : anchored[0];
        Require(trusted, referenceTime);
        return trusted;
    }

    /// <summary>Refuses a file that cannot be the first root.</summary>
    /// <param name="file">The file as it was fetched.</param>
    /// <param name="location">Where it came from, for the message.</param>
    /// <exception cref="TrustException"><see cref="TrustError.RootMismatch"/></exception>
    internal virtual void RequireFirst(ReadOnlySpan<byte> file, string location)
    {
    }

    /// <summary>True if the anchor can tell roots of that format apart: one of certificates needs root keys that are certificates.</summary>
    internal virtual bool Knows(IMetadataFormat format) => true;

    /// <summary>Refuses a root that the anchor does not vouch for; the first one and every later one, besides the rules of the chain.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.RootMismatch"/></exception>
    internal void Require(TrustedRoot root, DateTimeOffset referenceTime)
    {
        if (!Knows(root.Format))
        {
            throw new TrustException(TrustError.RootMismatch, $"Root {root.Version} has the format {root.Format.Name}, whose root keys are no certificates; {Text} pins certificates.")
            {
                Role = RoleName.Root.Value,
                Hint = "If the repository has moved to that format, ask its owners for the fingerprint of their root. If not, do not trust that server.",
            };
        }
        RequireSigners(root, referenceTime);
    }

    /// <summary>Refuses a root of a known format whose signers the anchor does not vouch for.</summary>
    private protected virtual void RequireSigners(TrustedRoot root, DateTimeOffset referenceTime)
    {
    }
}
