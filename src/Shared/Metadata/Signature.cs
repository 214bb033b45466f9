namespace TrustService.Metadata;

/// <summary>One signature of a metadata file.</summary>
/// <param name="KeyId">The key that is said to have made it.</param>
/// <param name="Value">
/// The signature in one encoding for all formats: DER for ECDSA, raw for RSA and Ed25519. Empty if the file holds
/// nothing that can be decoded; such a signature never counts.
/// </param>
public sealed record Signature(KeyId KeyId, ReadOnlyMemory<byte> Value);
