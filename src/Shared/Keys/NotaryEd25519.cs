using System.Formats.Asn1;
using System.Security.Cryptography;

namespace TrustService.Keys;

/// <summary>Ed25519 private keys as Notary wrote them: the public point, the seed, and the point again, 96 bytes.</summary>
internal static class NotaryEd25519
{
    // An identifier of GNU's arc that was in use before RFC 8410 gave the algorithm its own.
    private const string OldIdentifier = "1.3.6.1.4.1.11591.15.1";
    private const int PartBytes = 32;
    private const int Bytes = 3 * PartBytes;

    /// <summary>Writes a key in a PKCS#8 structure as Notary does; the caller clears the array.</summary>
    /// <param name="pkcs8">The key as it is written today.</param>
    /// <param name="point">The public half.</param>
    public static byte[] WritePkcs8(ReadOnlySpan<byte> pkcs8, ReadOnlySpan<byte> point)
    {
        byte[] content = [.. point, .. pkcs8[^PartBytes..], .. point];
        try
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteInteger(0);
                using (writer.PushSequence())
                    writer.WriteObjectIdentifier(OldIdentifier);
                writer.WriteOctetString(content);
            }
            return writer.Encode();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Reads the 96 bytes.</summary>
    /// <returns>Null if they are no such key.</returns>
    public static Ed25519SigningKey? TryRead(ReadOnlySpan<byte> content)
    {
        if (content.Length != Bytes)
            return null;
        var key = new Ed25519SigningKey(content.Slice(PartBytes, PartBytes));
        if (key.Material.Span.SequenceEqual(content[..PartBytes]) && key.Material.Span.SequenceEqual(content[^PartBytes..]))
            return key;
        key.Dispose();
        return null;
    }

    /// <summary>Reads a PKCS#8 structure around the 96 bytes.</summary>
    /// <returns>Null if it is none.</returns>
    public static Ed25519SigningKey? TryReadPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        var copy = pkcs8.ToArray();
        try
        {
            var whole = new AsnReader(copy, AsnEncodingRules.DER).ReadSequence();
            whole.ReadInteger();
            if (whole.ReadSequence().ReadObjectIdentifier() != OldIdentifier)
                return null;
            var content = whole.ReadOctetString();
            var key = TryRead(content);
            CryptographicOperations.ZeroMemory(content);
            return key;
        }
        catch (AsnContentException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }
}
