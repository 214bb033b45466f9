namespace TrustService.Metadata;

/// <summary>How a key signs. It follows from the key object alone, never from a signature.</summary>
public enum SignatureScheme
{
    /// <summary>A key of a kind that is not known here, or that cannot be read. It never counts.</summary>
    Unknown,

    /// <summary>ECDSA on P-256 over SHA-256.</summary>
    EcdsaP256Sha256,

    /// <summary>ECDSA on P-384 over SHA-384.</summary>
    EcdsaP384Sha384,

    /// <summary>ECDSA on P-384 over SHA-256, as Notary has it.</summary>
    EcdsaP384Sha256,

    /// <summary>ECDSA on P-521 over SHA-256, as Notary has it.</summary>
    EcdsaP521Sha256,

    /// <summary>RSA-PSS with SHA-256 and MGF1-SHA-256.</summary>
    RsaPssSha256,

    /// <summary>Ed25519 over the message itself.</summary>
    Ed25519,
}
