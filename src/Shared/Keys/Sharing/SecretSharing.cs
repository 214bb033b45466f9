using System.Security.Cryptography;

namespace TrustService.Keys.Sharing;

/// <summary>
/// Parts a secret so that any k of n shares restore it, and fewer say nothing about it: for each byte a random polynomial of
/// degree k − 1 whose value at 0 is that byte. Source: A. Shamir, "How to share a secret", 1979.
/// </summary>
public static class SecretSharing
{
    /// <summary>Shares at the most: one for every number of the field but 0, where the secret is.</summary>
    public const int MaxShares = 255;

    /// <summary>Parts a secret.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="threshold">How many shares restore it; 2 at least.</param>
    /// <param name="count">How many shares there are, <see cref="MaxShares"/> at the most.</param>
    public static IReadOnlyList<SecretShare> Split(ReadOnlySpan<byte> secret, int threshold, int count) => Split(secret, threshold, count, RandomNumberGenerator.Fill);

    /// <summary>Restores a secret from as many shares as its threshold, of one splitting; what fewer or others give is another number, and nothing tells.</summary>
    /// <returns>The secret; the caller clears it.</returns>
    public static byte[] Combine(IReadOnlyList<SecretShare> shares)
    {
        ArgumentOutOfRangeException.ThrowIfZero(shares.Count, nameof(shares));
        if (shares.Any(share => share.Number == 0 || share.Value.Length != shares[0].Value.Length) || shares.DistinctBy(share => share.Number).Count() != shares.Count)
            throw new ArgumentException("The shares do not belong together.", nameof(shares));
        var secret = new byte[shares[0].Value.Length];
        foreach (var share in shares)
        {
            var weight = WeightAtZero(share, shares);
            for (var i = 0; i < secret.Length; i++)
                secret[i] ^= GaloisField.Multiply(weight, share.Value[i]);
        }
        return secret;
    }

    /// <summary>Parts a secret with a given source of random bytes.</summary>
    internal static IReadOnlyList<SecretShare> Split(ReadOnlySpan<byte> secret, int threshold, int count, RandomFill fill)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxShares);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, threshold);
        var length = secret.Length;
        var shares = Enumerable.Range(1, count).Select(number => new SecretShare((byte)number, new byte[length])).ToList();
        var coefficients = new byte[threshold];
        try
        {
            for (var i = 0; i < secret.Length; i++)
            {
                // The highest one may be 0 as well: were it never, fewer shares would rule out one value of the secret.
                fill(coefficients.AsSpan(1));
                coefficients[0] = secret[i];
                foreach (var share in shares)
                    share.Value[i] = ValueAt(share.Number, coefficients);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(coefficients);
        }
        return shares;
    }

    private static byte ValueAt(byte x, byte[] coefficients)
    {
        byte value = 0;
        for (var i = coefficients.Length - 1; i >= 0; i--)
            value = (byte)(GaloisField.Multiply(value, x) ^ coefficients[i]);
        return value;
    }

    // Lagrange's basis polynomial of a share, at 0. The numbers of shares are no secret.
    private static byte WeightAtZero(SecretShare share, IReadOnlyList<SecretShare> all)
    {
        byte weight = 1;
        foreach (var other in all)
        {
            if (other.Number != share.Number)
                weight = GaloisField.Multiply(weight, GaloisField.Multiply(other.Number, GaloisField.Invert((byte)(other.Number ^ share.Number))));
        }
        return weight;
    }

    /// <summary>Fills a buffer with random bytes.</summary>
    internal delegate void RandomFill(Span<byte> target);
}
