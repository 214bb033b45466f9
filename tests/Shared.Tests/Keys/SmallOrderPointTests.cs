using System.Globalization;
using System.Numerics;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Shared.Tests.Keys;

/// <summary>All points of small order, found by arithmetic on the curve (RFC 8032 §5.1) rather than by a list, are no keys.</summary>
public sealed class SmallOrderPointTests
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * Inverse(121666));

    [Fact]
    public void TryFromEd25519_EveryPointOfSmallOrder_IsRefused()
    {
        var found = new HashSet<string>();
        // L times any point has an order that divides 8; among a few points all eight of them come up.
        for (BigInteger y = 2; found.Count < 8; y++)
        {
            foreach (var sign in (int[])[0, 1])
            {
                if (XOf(y, sign) is { } x)
                    found.Add(Convert.ToHexString(Encode(Multiply((x, y), L))));
            }
        }
        Assert.All(found, point => Assert.False(KeyMaterial.TryFromEd25519(Convert.FromHexString(point), out _), point));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryFromEd25519_NumberAboveThePrime_IsRefused(int residue)
    {
        foreach (var sign in (byte[])[0, 0x80])
        {
            var point = Bytes(P + residue);
            point[31] |= sign;
            Assert.False(KeyMaterial.TryFromEd25519(point, out _));
        }
    }

    [Fact]
    public void TryFromEd25519_KeysAsTheyAreMade_AreTaken()
    {
        for (var i = 0; i < 20; i++)
        {
            using var key = SigningKeys.Generate(SignatureScheme.Ed25519);
            Assert.True(KeyMaterial.TryFromEd25519(key.Material.Span, out _));
        }
    }

    private static (BigInteger X, BigInteger Y) Multiply((BigInteger X, BigInteger Y) point, BigInteger factor)
    {
        var sum = (X: BigInteger.Zero, Y: BigInteger.One);
        for (; factor > 0; factor >>= 1)
        {
            if (!factor.IsEven)
                sum = Add(sum, point);
            point = Add(point, point);
        }
        return sum;
    }

    private static (BigInteger X, BigInteger Y) Add((BigInteger X, BigInteger Y) a, (BigInteger X, BigInteger Y) b)
    {
        var product = Mod(D * a.X * b.X * a.Y * b.Y);
        return (Mod((a.X * b.Y + b.X * a.Y) * Inverse(1 + product)), Mod((a.Y * b.Y + a.X * b.X) * Inverse(1 - product)));
    }

    private static BigInteger? XOf(BigInteger y, int sign)
    {
        var square = Mod((y * y - 1) * Inverse(D * y * y + 1));
        var root = BigInteger.ModPow(square, (P + 3) / 8, P);
        if (Mod(root * root) != square)
            root = Mod(root * BigInteger.ModPow(2, (P - 1) / 4, P));
        if (Mod(root * root) != square)
            return null;
        return (root.IsEven ? 0 : 1) == sign ? root : Mod(-root);
    }

    private static byte[] Encode((BigInteger X, BigInteger Y) point)
    {
        var bytes = Bytes(point.Y);
        if (!point.X.IsEven)
            bytes[31] |= 0x80;
        return bytes;
    }

    private static byte[] Bytes(BigInteger value)
    {
        var bytes = new byte[32];
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Mod(value), P - 2, P);

    private static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;
}
