namespace TrustService.Keys.Sharing;

/// <summary>
/// Arithmetic in the field of 256 elements with the polynomial x⁸ + x⁴ + x³ + x + 1. No branch and no table depends on the
/// numbers: they are secrets, and what a table fetches shows in the cache.
/// </summary>
internal static class GaloisField
{
    private const int Polynomial = 0x11B;

    /// <summary>The product.</summary>
    public static byte Multiply(byte left, byte right)
    {
        int product = 0, shifted = left, rest = right;
        for (var bit = 0; bit < 8; bit++)
        {
            product ^= shifted & -(rest & 1);
            rest >>= 1;
            shifted = (shifted << 1) ^ (Polynomial & -(shifted >> 7));
        }
        return (byte)product;
    }

    /// <summary>The number whose product with <paramref name="number"/> is 1; 0 for 0.</summary>
    public static byte Invert(byte number)
    {
        // The 254th power: every number to the 255th is 1.
        var power = number;
        for (var bit = 0; bit < 6; bit++)
            power = Multiply(Multiply(power, power), number);
        return Multiply(power, power);
    }
}
