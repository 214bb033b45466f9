using System.Formats.Asn1;
using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Keys;

/// <summary>
/// A private key in as few bytes as it takes, for backups that people type: a byte for its kind, then the scalar of ECDSA, the
/// seed of Ed25519, or all of PKCS#8 where nothing shorter is defined (RSA).
/// </summary>
public static class ShortPrivateKey
{
    private const byte Pkcs8 = 0;
    private const byte P256 = 1;
    private const byte P384 = 2;
    private const byte Ed25519 = 3;

    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string CurveP256 = "1.2.840.10045.3.1.7";
    private const string CurveP384 = "1.3.132.0.34";

    /// <summary>Writes a key; the caller clears the result.</summary>
    public static byte[] Write(IExportableKey key)
    {
        var pkcs8 = key.ExportPkcs8();
        try
        {
            return key.Scheme switch
            {
                SignatureScheme.EcdsaP256Sha256 => [P256, .. Scalar(pkcs8)],
                SignatureScheme.EcdsaP384Sha384 => [P384, .. Scalar(pkcs8)],
                SignatureScheme.Ed25519 => [Ed25519, .. pkcs8.AsSpan(Ed25519SigningKey.Pkcs8Prefix.Length)],
                _ => [Pkcs8, .. pkcs8],
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Reads a key; the caller disposes it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidKeyFile"/> or <see cref="TrustError.UnacceptableKey"/>.</exception>
    public static IExportableKey Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            throw Damaged();
        var content = bytes[1..];
        var pkcs8 = bytes[0] switch
        {
            Pkcs8 => content.ToArray(),
            P256 when content.Length == 32 => WriteEc(CurveP256, content),
            P384 when content.Length == 48 => WriteEc(CurveP384, content),
            Ed25519 when content.Length == 32 => [.. Ed25519SigningKey.Pkcs8Prefix, .. content],
            _ => throw Damaged(),
        };
        try
        {
            return SigningKeys.ImportPkcs8(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    // PrivateKeyInfo { 0, algorithm, OCTET STRING { ECPrivateKey { 1, scalar, … } } }. Source: RFC 5958 §2, RFC 5915 §3.
    private static ReadOnlySpan<byte> Scalar(ReadOnlyMemory<byte> pkcs8)
    {
        var info = new AsnReader(pkcs8, AsnEncodingRules.DER).ReadSequence();
        info.ReadInteger();
        info.ReadSequence();
        if (!info.TryReadPrimitiveOctetString(out var inner))
            throw Damaged();
        var key = new AsnReader(inner, AsnEncodingRules.DER).ReadSequence();
        key.ReadInteger();
        return key.TryReadPrimitiveOctetString(out var scalar) ? scalar.Span : throw Damaged();
    }

    private static byte[] WriteEc(string curve, ReadOnlySpan<byte> scalar)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(EcPublicKey);
                writer.WriteObjectIdentifier(curve);
            }
            using (writer.PushOctetString())
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                writer.WriteOctetString(scalar);
            }
        }
        var encoded = writer.Encode();
        // Clears what it wrote into.
        writer.Reset();
        return encoded;
    }

    private static TrustException Damaged() => new(TrustError.InvalidKeyFile, "The bytes are no private key of a kind that is known here.");
}
