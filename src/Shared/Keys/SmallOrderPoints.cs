namespace TrustService.Keys;

/// <summary>The points of edwards25519 whose order divides 8. Source: RFC 7748 §4.1 (cofactor), RFC 8032 §5.1.</summary>
internal static class SmallOrderPoints
{
    // y in little-endian order, without the sign of x: of order 4, 1, 8, 8 and 2, then 0 and 1 as numbers above the prime.
    private static readonly byte[][] Encodings =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ];

    /// <summary>True if 32 bytes encode one of them, with either sign.</summary>
    public static bool Contains(ReadOnlySpan<byte> point)
    {
        foreach (var encoding in Encodings)
        {
            if (point[..^1].SequenceEqual(encoding.AsSpan(0, 31)) && (point[^1] & 0x7f) == encoding[^1])
                return true;
        }
        return false;
    }
}
