using System.Text.RegularExpressions;
using TrustService.Errors;

namespace TrustService.Oci;

/// <summary>How images are named as TUF targets: by tag, or as <c>sha256-…</c> when signed by digest alone.</summary>
public static partial class TargetNames
{
    private const string DigestPrefix = "sha256-";

    /// <summary>The target path of a tag: the tag itself.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidTargetPath"/> if it is no tag.</exception>
    public static string ForTag(string tag) => IsTag(tag)
        ? tag
        : throw new TrustException(TrustError.InvalidTargetPath, $"{Quoted.Text(tag)} is not a tag, so it cannot be a target path.");

    /// <summary>The target path of an image that is signed by digest alone.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidTargetPath"/> if the digest is not sha256.</exception>
    public static string ForDigest(Digest digest) => digest.Algorithm == Digest.Sha256
        ? DigestPrefix + digest.Hex
        : throw new TrustException(TrustError.InvalidTargetPath, $"An image is signed by its sha256 digest, not by {digest.Short}.");

    /// <summary>The target path of a reference: its tag, or its digest if it has no tag.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidTargetPath"/>.</exception>
    public static string For(ImageReference reference) => reference.Tag is { } tag ? ForTag(tag) : ForDigest(reference.Digest!);

    /// <summary>The digest that a target path names, or null if it names a tag.</summary>
    public static Digest? DigestOf(string targetPath) =>
        targetPath.StartsWith(DigestPrefix, StringComparison.Ordinal) &&
        Digest.TryFromHex(Digest.Sha256, targetPath[DigestPrefix.Length..], out var digest) ? digest : null;

    /// <summary>False if the target path names a digest other than <paramref name="sha256"/>: such a target is never valid.</summary>
    /// <remarks>
    /// A tag may have the form of a digest (registries without the referrers API use such tags); it is held to the same rule.
    /// </remarks>
    public static bool Allows(string targetPath, Digest sha256) => DigestOf(targetPath) is not { } named || named == sha256;

    /// <summary>True if <paramref name="text"/> has the form of a tag. Source: OCI distribution-spec 1.1, Pulling manifests.</summary>
    public static bool IsTag(string text) => Tag().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
