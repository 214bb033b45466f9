using System.Collections.Immutable;

namespace TrustService.Oci;

/// <summary>A manifest or index whose bytes were hashed and read once; only <see cref="ManifestReader"/> makes it.</summary>
public sealed class Manifest
{
    internal Manifest(Descriptor descriptor, ManifestKind kind, ImmutableArray<ManifestChild> children, ReadOnlyMemory<byte> bytes)
    {
        Descriptor = descriptor;
        Kind = kind;
        Children = children;
        Bytes = bytes;
    }

    /// <summary>Media type, digest and size of <see cref="Bytes"/>.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>Whether it is one image or an index.</summary>
    public ManifestKind Kind { get; }

    /// <summary>The entries of an index in their order; empty for an image.</summary>
    public ImmutableArray<ManifestChild> Children { get; }

    /// <summary>The bytes as they were served.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Digest of <see cref="Bytes"/>.</summary>
    public Digest Digest => Descriptor.Digest;
}
