using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Keys;

/// <summary>Makes and reads private keys.</summary>
public static class SigningKeys
{
    /// <summary>The scheme of a new key where nobody chose one: HSMs, smart cards, key services and JWS all know it.</summary>
    public const SignatureScheme DefaultScheme = SignatureScheme.EcdsaP256Sha256;

    private const int NewRsaBits = 3072;

    /// <summary>Makes a new key.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.UnacceptableKey"/> for a scheme that is not known.</exception>
    public static IExportableKey Generate(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaP256Sha256 => new EcdsaSigningKey(ECDsa.Create(ECCurve.NamedCurves.nistP256), scheme),
        SignatureScheme.EcdsaP384Sha384 => new EcdsaSigningKey(ECDsa.Create(ECCurve.NamedCurves.nistP384), scheme),
        SignatureScheme.RsaPssSha256 => new RsaSigningKey(RSA.Create(NewRsaBits)),
        SignatureScheme.Ed25519 => new Ed25519SigningKey(RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize)),
        _ => throw new TrustException(TrustError.UnacceptableKey, $"No key can be made for the scheme {scheme}."),
    };

    /// <summary>Reads a DER PKCS#8 private key that is not encrypted.</summary>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.InvalidKeyFile"/> if it is no PKCS#8 of ECDSA P-256 or P-384, RSA or Ed25519;
    /// <see cref="TrustError.InvalidKeyFile"/> if the key is too weak.
    /// </exception>
    public static IExportableKey ImportPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        if (pkcs8.StartsWith(Ed25519SigningKey.Pkcs8Prefix) && pkcs8.Length == Ed25519SigningKey.Pkcs8Prefix.Length + Ed25519.SecretKeySize)
            return new Ed25519SigningKey(pkcs8[Ed25519SigningKey.Pkcs8Prefix.Length..]);
        return NotaryEd25519.TryReadPkcs8(pkcs8) ?? (IExportableKey?)TryEcdsa(pkcs8) ?? TryRsa(pkcs8)
            ?? throw new TrustException(TrustError.InvalidKeyFile, "The private key is not PKCS#8 of ECDSA P-256 or P-384, RSA or Ed25519.");
    }

    private static EcdsaSigningKey? TryEcdsa(ReadOnlySpan<byte> pkcs8)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            if (KeyMaterial.TryFromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo(), out _, out var scheme))
                return new EcdsaSigningKey(key, scheme);
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            // Not an ECDSA key: the caller tries the next kind.
        }
        key.Dispose();
        return null;
    }

    private static RsaSigningKey? TryRsa(ReadOnlySpan<byte> pkcs8)
    {
        var key = RSA.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return null;
        }
        if (KeyMaterial.TryFromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo(), out _, out _))
            return new RsaSigningKey(key);
        key.Dispose();
        throw new TrustException(TrustError.InvalidKeyFile, $"The RSA key is not acceptable: {KeyMaterial.MinRsaBits} to {KeyMaterial.MaxRsaBits} bits and an odd exponent above 1 are needed.");
    }
}
