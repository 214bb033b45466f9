namespace TrustService.Metadata;

/// <summary>What a signature says of itself, where a format lets it. It can only rule a signature out; the key decides how to check.</summary>
public enum SignatureMethod
{
    /// <summary>The format's signatures say nothing.</summary>
    Unstated,

    /// <summary>ECDSA over SHA-256.</summary>
    Ecdsa,

    /// <summary>RSA-PSS with SHA-256 and MGF1-SHA-256.</summary>
    RsaPss,

    /// <summary>Ed25519.</summary>
    EdDsa,

    /// <summary>A method that never counts.</summary>
    Unknown,
}
