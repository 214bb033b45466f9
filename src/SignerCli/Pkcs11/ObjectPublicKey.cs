using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrustService.Errors;

namespace TrustService.Cli.Pkcs11;

/// <summary>Reads public keys as objects in tokens hold them into DER SubjectPublicKeyInfo. What a token says is not to be trusted more than a file.</summary>
internal static class ObjectPublicKey
{
    private const string EcPublicKey = "1.2.840.10045.2.1";

    /// <summary>Of an RSA key's numbers.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.UnacceptableKey"/></exception>
    public static byte[] OfRsa(byte[] modulus, byte[] exponent) => Read(() =>
    {
        // The base library expects neither to be empty, and does not say so.
        if (modulus.Length == 0 || exponent.Length == 0)
            throw new ArgumentException("The modulus or the exponent is empty.");
        using var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return rsa.ExportSubjectPublicKeyInfo();
    });

    /// <summary>Of the curve and point of an ECDSA key; whether the point lies on the curve is checked by whoever reads the result.</summary>
    /// <param name="curve">DER of the curve's parameters.</param>
    /// <param name="point">The point, in an octet string or bare.</param>
    /// <exception cref="TrustException"><see cref="TrustError.UnacceptableKey"/></exception>
    public static byte[] OfEc(byte[] curve, byte[] point) => Read(() =>
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(EcPublicKey);
                writer.WriteEncodedValue(curve);
            }
            writer.WriteBitString(Unwrapped(point));
        }
        return writer.Encode();
    });

    /// <summary>Of a certificate.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.UnacceptableKey"/></exception>
    public static byte[] OfCertificate(byte[] der) => Read(() =>
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return certificate.PublicKey.ExportSubjectPublicKeyInfo();
    });

    // The standard wants an octet string around the point; some modules leave it out. A bare point starts with the same byte, but is two bytes shorter.
    private static byte[] Unwrapped(byte[] point) => point.Length is 65 + 2 or 97 + 2 && point[0] == 4 && point[1] == point.Length - 2 ? point[2..] : point;

    private static byte[] Read(Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TrustException(TrustError.KeyUnavailable, "The public key that the token holds cannot be read.", e);
        }
    }
}
