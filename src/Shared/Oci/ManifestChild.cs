namespace TrustService.Oci;

/// <summary>One entry of an index.</summary>
/// <param name="Descriptor">What the entry points to.</param>
/// <param name="Platform">Platform as <c>os/architecture</c> or <c>os/architecture/variant</c>, or null if the entry names none.</param>
public sealed record ManifestChild(Descriptor Descriptor, string? Platform);
