using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using TrustService.Metadata;

namespace TrustService.Keys;

/// <summary>The only code that checks one signature by one key.</summary>
public static class SignatureVerifier
{
    /// <summary>Bytes that a signature may have at the most: RSA with 8192 bits.</summary>
    public const int MaxSignatureBytes = 1024;

    /// <summary>True if <paramref name="signature"/> is one of <paramref name="key"/> over <paramref name="payload"/>, and its method, if it states one, is the key's.</summary>
    public static bool Verify(PublicKey key, ReadOnlySpan<byte> payload, Signature signature) =>
        (signature.Method == SignatureMethod.Unstated || signature.Method == Signature.MethodOf(key.Scheme))
        && Verify(key, payload, signature.Value.Span);

    /// <summary>True if <paramref name="signature"/> is one of <paramref name="key"/> over <paramref name="payload"/>.</summary>
    /// <remarks>The algorithm follows from the key object alone. Source: TUF 1.0.34 §4.2.2.</remarks>
    public static bool Verify(PublicKey key, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature)
    {
        if (signature.IsEmpty || signature.Length > MaxSignatureBytes)
            return false;
        return key.Scheme switch
        {
            SignatureScheme.EcdsaP256Sha256 or SignatureScheme.EcdsaP384Sha256 or SignatureScheme.EcdsaP521Sha256 => VerifyEcdsa(key, payload, signature, HashAlgorithmName.SHA256),
            SignatureScheme.EcdsaP384Sha384 => VerifyEcdsa(key, payload, signature, HashAlgorithmName.SHA384),
            SignatureScheme.RsaPssSha256 => VerifyRsaPss(key, payload, signature),
            SignatureScheme.Ed25519 => VerifyEd25519(key, payload, signature),
            _ => false,
        };
    }

    private static bool VerifyEcdsa(PublicKey key, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature, HashAlgorithmName hash)
    {
        try
        {
            return ImportedKeys.VerifyEcdsa(key, payload, signature, hash);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool VerifyRsaPss(PublicKey key, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(key.Material.Span, out _);
            return rsa.VerifyData(payload, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
                || PssPadding.Verify(rsa.ExportParameters(includePrivateParameters: false), payload, signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool VerifyEd25519(PublicKey key, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature) =>
        signature.Length == Ed25519.SignatureSize
        && Ed25519.Verify(signature.ToArray(), 0, key.Material.ToArray(), 0, payload.ToArray(), 0, payload.Length);
}
