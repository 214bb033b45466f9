namespace TrustService.Oci;

/// <summary>Names content by type, digest and size. Source: OCI image-spec 1.1, Content Descriptors.</summary>
/// <param name="MediaType">Media type without parameters.</param>
/// <param name="Digest">Digest of the bytes.</param>
/// <param name="Size">Length in bytes.</param>
public sealed record Descriptor(string MediaType, Digest Digest, long Size);
