using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using TrustService.Metadata;

namespace TrustService.Keys;

/// <summary>
/// ECDSA keys in the form that the base library checks with, kept as long as the <see cref="PublicKey"/> lives: making
/// that form takes twice as long as a check.
/// </summary>
internal static class ImportedKeys
{
    private static readonly ConditionalWeakTable<PublicKey, ECDsa> Known = [];

    /// <summary>Checks a DER signature; one at a time with each key, because the base library promises no more.</summary>
    /// <exception cref="CryptographicException">The key or the signature cannot be read.</exception>
    public static bool VerifyEcdsa(PublicKey key, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature, HashAlgorithmName hash)
    {
        var ecdsa = Known.GetValue(key, Import);
        lock (ecdsa)
            return ecdsa.VerifyData(payload, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static ECDsa Import(PublicKey key)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key.Material.Span, out _);
        return ecdsa;
    }
}
