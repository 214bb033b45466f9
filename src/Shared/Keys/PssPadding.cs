using System.Numerics;
using System.Security.Cryptography;

namespace TrustService.Keys;

/// <summary>Checks RSA-PSS signatures with SHA-256 and MGF1-SHA-256 whatever the length of their salt.</summary>
/// <remarks>
/// The base library knows only a salt as long as the hash; other tools sign with the longest salt that fits. Everything here
/// is public, so it need not take the same time for every input. Source: RFC 8017 §8.1.2 and §9.1.2.
/// </remarks>
internal static class PssPadding
{
    private const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>True if <paramref name="signature"/> is one of the key over <paramref name="payload"/>.</summary>
    public static bool Verify(RSAParameters key, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature)
    {
        var modulus = new BigInteger(key.Modulus, isUnsigned: true, isBigEndian: true);
        var value = new BigInteger(signature, isUnsigned: true, isBigEndian: true);
        if (signature.Length != key.Modulus!.Length || value >= modulus)
            return false;
        var message = BigInteger.ModPow(value, new BigInteger(key.Exponent, isUnsigned: true, isBigEndian: true), modulus);
        var bits = (int)modulus.GetBitLength() - 1;
        var encoded = new byte[(bits + 7) / 8];
        if (message.GetByteCount(isUnsigned: true) > encoded.Length)
            return false;
        message.TryWriteBytes(encoded.AsSpan(encoded.Length - message.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return IsEncodingOf(encoded, bits, SHA256.HashData(payload));
    }

    private static bool IsEncodingOf(Span<byte> encoded, int bits, ReadOnlySpan<byte> messageHash)
    {
        if (encoded.Length < (2 * HashBytes) + 2 || encoded[^1] != 0xBC)
            return false;
        var block = encoded[..^(HashBytes + 1)];
        var hash = encoded[^(HashBytes + 1)..^1];
        var unused = (8 * encoded.Length) - bits;
        if (block[0] >> (8 - unused) != 0)
            return false;
        Unmask(block, hash);
        block[0] &= (byte)(0xFF >> unused);
        var one = block.IndexOfAnyExcept((byte)0);
        if (one < 0 || block[one] != 1)
            return false;
        return SHA256.HashData([.. new byte[8], .. messageHash, .. block[(one + 1)..]]).AsSpan().SequenceEqual(hash);
    }

    // MGF1. Source: RFC 8017 §B.2.1.
    private static void Unmask(Span<byte> block, ReadOnlySpan<byte> seed)
    {
        for (var at = 0; at < block.Length; at += HashBytes)
        {
            var counter = at / HashBytes;
            var mask = SHA256.HashData([.. seed, (byte)(counter >> 24), (byte)(counter >> 16), (byte)(counter >> 8), (byte)counter]);
            for (var i = 0; i < HashBytes && at + i < block.Length; i++)
                block[at + i] ^= mask[i];
        }
    }
}
