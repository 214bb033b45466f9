using System.Diagnostics.CodeAnalysis;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>An image in an image layout on disk, written <c>oci:DIR</c>, <c>oci:DIR:TAG</c> or <c>oci:DIR@DIGEST</c>.</summary>
public sealed record OciLayoutReference
{
    /// <summary>What every such reference starts with.</summary>
    public const string Prefix = "oci:";

    private OciLayoutReference(string directory, string? tag, Digest? digest) => (Directory, Tag, Digest) = (directory, tag, digest);

    /// <summary>Path of the layout's directory, as given.</summary>
    public string Directory { get; }

    /// <summary>The tag, or null.</summary>
    public string? Tag { get; }

    /// <summary>The digest, or null.</summary>
    public Digest? Digest { get; }

    /// <summary>Reads a reference; a directory whose path holds a colon cannot be named.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidReference"/> or <see cref="TrustError.InvalidDigest"/>.</exception>
    public static OciLayoutReference Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Contains('\0', StringComparison.Ordinal))
            throw Invalid(text);
        var rest = text[Prefix.Length..];
        var at = rest.LastIndexOf("@sha", StringComparison.Ordinal);
        var digest = at < 0 ? null : Digest.Parse(rest[(at + 1)..]);
        var parts = (at < 0 ? rest : rest[..at]).Split(':', 2);
        if (parts[0].Length == 0 || (parts.Length == 2 && (digest is not null || !TargetNames.IsTag(parts[1]))))
            throw Invalid(text);
        return new OciLayoutReference(parts[0], parts.Length == 2 ? parts[1] : null, digest);
    }

    /// <summary>Reads a reference; false if it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out OciLayoutReference? reference)
    {
        reference = null;
        try
        {
            reference = text is null ? null : Parse(text);
        }
        catch (TrustException)
        {
            return false;
        }
        return reference is not null;
    }

    /// <summary>The reference as it is written.</summary>
    public override string ToString() => $"{Prefix}{Directory}{(Tag is null ? "" : ":" + Tag)}{(Digest is null ? "" : "@" + Digest)}";

    private static TrustException Invalid(string text) =>
        new(TrustError.InvalidReference, $"{Quoted.Text(text)} is not a reference to an image layout.") { Hint = "Write oci:DIR, oci:DIR:TAG or oci:DIR@sha256:DIGEST." };
}
