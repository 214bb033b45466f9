using System.Collections.Immutable;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>An image to sign: its name, and the bytes that were found under it once.</summary>
/// <param name="Reference">The name.</param>
/// <param name="Image">The manifest's media type, sha256 and size.</param>
/// <param name="Children">The manifests below an index that are signed as well, each by its digest.</param>
internal sealed record ResolvedImage(ImageReference Reference, Descriptor Image, ImmutableArray<Descriptor> Children)
{
    /// <summary>The target path.</summary>
    public string TargetPath => Reference.Tag is { } tag ? TargetNames.ForTag(tag) : TargetNames.ForDigest(Image.Digest);

    /// <summary>The name with the digest that is signed.</summary>
    public string Pinned => $"{Reference.Repository}{(Reference.Tag is { } tag ? ":" + tag : "")}@{Image.Digest}";

    /// <summary>The descriptor of a manifest by its sha256, whatever digest it was asked for by.</summary>
    public static Descriptor Describe(Manifest manifest) => manifest.Descriptor with { Digest = Digest.OfSha256(manifest.Bytes.Span) };
}
