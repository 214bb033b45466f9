namespace TrustService.Metadata;

/// <summary>One signature of a metadata file.</summary>
/// <param name="KeyId">The key that is said to have made it.</param>
/// <param name="Value">
/// The signature in one encoding for all formats: DER for ECDSA, raw for RSA and Ed25519. Empty if the file holds
/// nothing that can be decoded; such a signature never counts.
/// </param>
/// <param name="Method">The method that stands beside it in the file; one that does not fit the key never counts.</param>
public sealed record Signature(KeyId KeyId, ReadOnlyMemory<byte> Value, SignatureMethod Method = SignatureMethod.Unstated)
{
    /// <summary>The method of a scheme.</summary>
    public static SignatureMethod MethodOf(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaP256Sha256 or SignatureScheme.EcdsaP384Sha256 or SignatureScheme.EcdsaP521Sha256 or SignatureScheme.EcdsaP384Sha384 => SignatureMethod.Ecdsa,
        SignatureScheme.RsaPssSha256 => SignatureMethod.RsaPss,
        SignatureScheme.Ed25519 => SignatureMethod.EdDsa,
        _ => SignatureMethod.Unknown,
    };
}
