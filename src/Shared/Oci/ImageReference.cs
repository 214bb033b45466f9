using System.Diagnostics.CodeAnalysis;
using TrustService.Errors;

namespace TrustService.Oci;

/// <summary>An image in a registry: a repository with a tag, a digest or both.</summary>
/// <remarks>Read by Docker's rules: <c>@</c> binds before <c>:</c>, and a name alone means the tag <c>latest</c>.</remarks>
public sealed record ImageReference
{
    private ImageReference(RepositoryName repository, string? tag, Digest? digest, bool tagIsImplied) =>
        (Repository, Tag, Digest, TagIsImplied) = (repository, tag, digest, tagIsImplied);

    /// <summary>The repository.</summary>
    public RepositoryName Repository { get; }

    /// <summary>The tag, or null if only a digest was given.</summary>
    public string? Tag { get; }

    /// <summary>The digest, or null if only a tag was given.</summary>
    public Digest? Digest { get; }

    /// <summary>True if neither tag nor digest was given, so that <see cref="Tag"/> is the default one.</summary>
    public bool TagIsImplied { get; }

    /// <summary>Reads a reference as people type it.</summary>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.InvalidReference"/>, <see cref="TrustError.InvalidRepositoryName"/> or <see cref="TrustError.InvalidDigest"/>.
    /// </exception>
    public static ImageReference Parse(string text)
    {
        if (text.Length > OciLimits.MaxReferenceLength)
            throw Invalid(text, $"it has {text.Length} characters; at most {OciLimits.MaxReferenceLength} are read");
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? null : Oci.Digest.Parse(text[(at + 1)..]);
        var name = at < 0 ? text : text[..at];
        var colon = name.IndexOf(':', name.LastIndexOf('/') + 1);
        if (colon < 0)
            return new ImageReference(RepositoryName.Parse(name), digest is null ? "latest" : null, digest, digest is null);
        var tag = name[(colon + 1)..];
        return TargetNames.IsTag(tag)
            ? new ImageReference(RepositoryName.Parse(name[..colon]), tag, digest, false)
            : throw Invalid(text, $"{Quoted.Text(tag)} is not a tag (letters, digits, _ . -; at most {OciLimits.MaxTagLength})");
    }

    /// <summary>Reads a reference as people type it; false if it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        if (text is null)
            return false;
        try
        {
            reference = Parse(text);
            return true;
        }
        catch (TrustException)
        {
            return false;
        }
    }

    /// <summary>The same repository with another tag.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidReference"/>.</exception>
    public static ImageReference OfTag(RepositoryName repository, string tag) => TargetNames.IsTag(tag)
        ? new ImageReference(repository, tag, null, false)
        : throw Invalid(tag, "it is not a tag");

    /// <summary>The image with this digest in a repository.</summary>
    public static ImageReference OfDigest(RepositoryName repository, Digest digest) => new(repository, null, digest, false);

    /// <summary>The repository with <paramref name="digest"/> and no tag: the only form that can be pulled after verifying.</summary>
    public ImageReference Pinned(Digest digest) => OfDigest(Repository, digest);

    /// <summary>The reference in full: <c>docker.io/library/alpine:latest</c>, with the digest after it if there is one.</summary>
    public override string ToString() =>
        $"{Repository.Value}{(Tag is null ? "" : ":" + Tag)}{(Digest is null ? "" : "@" + Digest)}";

    private static TrustException Invalid(string text, string problem) =>
        new(TrustError.InvalidReference, $"{Quoted.Text(text)} is not an image reference: {problem}.")
        {
            Hint = "A reference is REPOSITORY[:TAG][@sha256:DIGEST], as registry.example.com/team/app:1.4.2.",
        };
}
