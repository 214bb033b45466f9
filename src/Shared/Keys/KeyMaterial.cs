using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Keys;

/// <summary>Reads public keys of every encoding into the one encoding of <see cref="PublicKey.Material"/>.</summary>
/// <remarks>
/// A key that is too small, not on its curve, or not readable is not usable: false is returned and it never counts.
/// </remarks>
public static class KeyMaterial
{
    /// <summary>Bits of an RSA modulus at the least. Source: TUF 1.0.34 §4.2.2.</summary>
    public const int MinRsaBits = 2048;

    /// <summary>Bits of an RSA modulus at the most, so that a check stays cheap.</summary>
    public const int MaxRsaBits = 8192;

    /// <summary>Characters of an encoded public key at the most.</summary>
    public const int MaxTextLength = 16 * 1024;

    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";
    private const string P521 = "1.3.132.0.35";

    /// <summary>Reads a PEM "PUBLIC KEY" of any supported kind.</summary>
    public static bool TryFromPem(string pem, [NotNullWhen(true)] out byte[]? material, out SignatureScheme scheme)
    {
        material = null;
        scheme = SignatureScheme.Unknown;
        if (pem.Length > MaxTextLength || !PemEncoding.TryFind(pem, out var fields) || !pem.AsSpan(fields.Label.Start.Value, fields.Label.End.Value - fields.Label.Start.Value).SequenceEqual("PUBLIC KEY"))
            return false;
        // Nothing but the key: what stands beside it would be published with it.
        if (!pem.AsSpan()[..fields.Location.Start.Value].IsWhiteSpace() || !pem.AsSpan()[fields.Location.End.Value..].IsWhiteSpace())
            return false;
        var der = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(pem.AsSpan()[fields.Base64Data], der, out var written)
            && TryFromSubjectPublicKeyInfo(der.AsSpan(0, written), out material, out scheme);
    }

    /// <summary>Reads a DER SubjectPublicKeyInfo of ECDSA P-256, P-384, RSA or Ed25519.</summary>
    public static bool TryFromSubjectPublicKeyInfo(ReadOnlySpan<byte> der, [NotNullWhen(true)] out byte[]? material, out SignatureScheme scheme) =>
        TryEd25519Info(der, out material, out scheme) || TryEcdsa(der, out material, out scheme) || TryRsa(der, out material, out scheme);

    /// <summary>Reads a DER SubjectPublicKeyInfo of ECDSA P-256, P-384 or P-521 for signatures over SHA-256, whatever the curve.</summary>
    public static bool TryEcdsaForSha256(ReadOnlySpan<byte> der, [NotNullWhen(true)] out byte[]? material, out SignatureScheme scheme)
    {
        scheme = TryCurve(der, out material) switch
        {
            P256 => SignatureScheme.EcdsaP256Sha256,
            P384 => SignatureScheme.EcdsaP384Sha256,
            P521 => SignatureScheme.EcdsaP521Sha256,
            _ => SignatureScheme.Unknown,
        };
        if (scheme == SignatureScheme.Unknown)
            material = null;
        return material is not null;
    }

    /// <summary>Reads an uncompressed point in hex, as old metadata has it.</summary>
    public static bool TryFromEcdsaPoint(string hex, [NotNullWhen(true)] out byte[]? material, out SignatureScheme scheme)
    {
        material = null;
        scheme = SignatureScheme.Unknown;
        if (hex.Length is not (130 or 194) || !Hex.TryDecode(hex, out var point) || point[0] != 4)
            return false;
        var size = (point.Length - 1) / 2;
        try
        {
            using var ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = size == 32 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
                Q = new ECPoint { X = point[1..(1 + size)], Y = point[(1 + size)..] },
            });
            material = ecdsa.ExportSubjectPublicKeyInfo();
            scheme = size == 32 ? SignatureScheme.EcdsaP256Sha256 : SignatureScheme.EcdsaP384Sha384;
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Reads 32 bytes of Ed25519; points of small order are refused.</summary>
    public static bool TryFromEd25519(ReadOnlySpan<byte> point, [NotNullWhen(true)] out byte[]? material)
    {
        material = point.ToArray();
        // Whether a point has the full order takes a multiplication, which a file with thousands of keys would make costly. What must
        // not pass are the few points of small order: under them a signature can hold for many messages.
        if (material.Length == Ed25519.PublicKeySize && !SmallOrderPoints.Contains(material) && Ed25519.ValidatePublicKeyPartial(material, 0))
            return true;
        material = null;
        return false;
    }

    /// <summary>The DER SubjectPublicKeyInfo of a key, whatever its kind.</summary>
    public static byte[] ToSubjectPublicKeyInfo(SignatureScheme scheme, ReadOnlySpan<byte> material) =>
        scheme == SignatureScheme.Ed25519 ? [.. Ed25519InfoPrefix, .. material] : material.ToArray();

    /// <summary>The PEM "PUBLIC KEY" of a key, with line feeds and a final one.</summary>
    public static string ToPem(SignatureScheme scheme, ReadOnlySpan<byte> material) =>
        PemEncoding.WriteString("PUBLIC KEY", ToSubjectPublicKeyInfo(scheme, material)) + "\n";

    // SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING of 32 bytes }: RFC 8410 §4.
    private static ReadOnlySpan<byte> Ed25519InfoPrefix => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    private static bool TryEd25519Info(ReadOnlySpan<byte> der, out byte[]? material, out SignatureScheme scheme)
    {
        material = null;
        scheme = SignatureScheme.Ed25519;
        return der.StartsWith(Ed25519InfoPrefix) && TryFromEd25519(der[Ed25519InfoPrefix.Length..], out material);
    }

    private static bool TryEcdsa(ReadOnlySpan<byte> der, out byte[]? material, out SignatureScheme scheme)
    {
        scheme = TryCurve(der, out material) switch
        {
            P256 => SignatureScheme.EcdsaP256Sha256,
            P384 => SignatureScheme.EcdsaP384Sha384,
            _ => SignatureScheme.Unknown,
        };
        if (scheme == SignatureScheme.Unknown)
            material = null;
        return material is not null;
    }

    // The object identifier of the curve, or null if there is no such key.
    private static string? TryCurve(ReadOnlySpan<byte> der, out byte[]? material)
    {
        material = null;
        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(der, out var read);
            if (read != der.Length)
                return null;
            material = ecdsa.ExportSubjectPublicKeyInfo();
            return ecdsa.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value;
        }
        // The platform's library has no such curve, which it says in its own way.
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    private static bool TryRsa(ReadOnlySpan<byte> der, out byte[]? material, out SignatureScheme scheme)
    {
        material = null;
        scheme = SignatureScheme.RsaPssSha256;
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(der, out var read);
            if (read != der.Length || rsa.KeySize is < MinRsaBits or > MaxRsaBits)
                return false;
            var exponent = rsa.ExportParameters(includePrivateParameters: false).Exponent!;
            // An exponent of 1 makes every message its own signature; even ones are not RSA.
            if (exponent is [] or [1] || (exponent[^1] & 1) == 0 || exponent.Length > 4)
                return false;
            material = rsa.ExportSubjectPublicKeyInfo();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
