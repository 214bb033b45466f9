using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace TrustService.Formats.Notary;

/// <summary>ECDSA signatures as Notary writes them: r and s, each as long as the curve's order, one after the other.</summary>
internal static class EcdsaPair
{
    // Bytes of r and of s on P-256, P-384 and P-521.
    private static readonly int[] Sizes = [32, 48, 66];

    /// <summary>The DER form, or null if these bytes cannot be a pair.</summary>
    public static byte[]? ToDer(ReadOnlySpan<byte> pair)
    {
        if (pair.Length % 2 != 0 || !Sizes.Contains(pair.Length / 2))
            return null;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(pair[..(pair.Length / 2)], isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(pair[(pair.Length / 2)..], isUnsigned: true, isBigEndian: true));
        }
        return writer.Encode();
    }

    /// <summary>The pair form of a DER signature.</summary>
    /// <remarks>The curve is the smallest into which both fit: that both are short by 16 bytes does not happen.</remarks>
    /// <exception cref="CryptographicException">That is no signature of such a curve.</exception>
    public static byte[] FromDer(ReadOnlyMemory<byte> der)
    {
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var (r, s) = (sequence.ReadInteger(), sequence.ReadInteger());
            sequence.ThrowIfNotEmpty();
            if (r.Sign < 0 || s.Sign < 0)
                throw new CryptographicException("The signature has a negative part.");
            var needed = Math.Max(r.GetByteCount(isUnsigned: true), s.GetByteCount(isUnsigned: true));
            var size = Array.Find(Sizes, size => size >= needed);
            return size > 0 ? [.. Padded(r, size), .. Padded(s, size)] : throw new CryptographicException("The signature fits no curve.");
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("The signature is not DER.", e);
        }
    }

    private static byte[] Padded(BigInteger value, int size)
    {
        var bytes = new byte[size];
        value.TryWriteBytes(bytes.AsSpan(size - value.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }
}
