using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.Pkcs11;

/// <summary>Finds the public half of a key in a token: the public key with the same id, the private key's own numbers, or the certificate with that id.</summary>
/// <param name="token">The token.</param>
/// <param name="key">The private key.</param>
internal sealed class TokenPublicKey(Token token, nuint key)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> or <see cref="TrustError.UnacceptableKey"/>.</exception>
    public (SignatureScheme Scheme, ReadOnlyMemory<byte> Material) Read()
    {
        var id = token.Attribute(key, ObjectAttribute.Id);
        var info = FromNumbers(WithId(ObjectAttribute.PublicKeyClass, id)) ?? FromNumbers(key) ?? FromCertificate(WithId(ObjectAttribute.CertificateClass, id))
            ?? throw new TrustException(TrustError.KeyNotFound, $"The public half of the key is not on {token.Name}: neither a public key nor a certificate has its id.") { Hint = "Write it there beside the private key, under the same id." };
        return KeyMaterial.TryFromSubjectPublicKeyInfo(info, out var material, out var scheme)
            ? (scheme, material)
            : throw new TrustException(TrustError.KeyUnavailable, $"The key on {token.Name} cannot be used: ECDSA P-256 or P-384, or RSA with {KeyMaterial.MinRsaBits} to {KeyMaterial.MaxRsaBits} bits is needed.");
    }

    private nuint? WithId(nuint objectClass, byte[]? id) =>
        id is not null && token.Find(new ObjectAttribute(ObjectAttribute.Class, NativeRecords.BytesOf(objectClass)), new ObjectAttribute(ObjectAttribute.Id, id)) is [var found, ..] ? found : null;

    // A SubjectPublicKeyInfo, or null if the object does not say enough.
    private byte[]? FromNumbers(nuint? handle)
    {
        if (handle is not { } found)
            return null;
        if (token.Attribute(found, ObjectAttribute.Modulus) is { } modulus && token.Attribute(found, ObjectAttribute.PublicExponent) is { } exponent)
            return ObjectPublicKey.OfRsa(modulus, exponent);
        return token.Attribute(found, ObjectAttribute.EcParameters) is { } curve && token.Attribute(found, ObjectAttribute.EcPoint) is { } point ? ObjectPublicKey.OfEc(curve, point) : null;
    }

    private byte[]? FromCertificate(nuint? handle) =>
        handle is { } found && token.Attribute(found, ObjectAttribute.CertificateValue) is { } der ? ObjectPublicKey.OfCertificate(der) : null;
}
