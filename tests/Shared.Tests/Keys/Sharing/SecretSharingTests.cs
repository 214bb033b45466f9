using TrustService.Keys.Sharing;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Keys.Sharing;

public sealed class SecretSharingTests
{
    [Fact]
    public void Multiply_KnownProducts_AreThoseOfTheField()
    {
        Assert.Equal(0xC1, GaloisField.Multiply(0x57, 0x83));
        Assert.Equal(0x01, GaloisField.Multiply(0x53, 0xCA));
        Assert.Equal(0xFE, GaloisField.Multiply(0x57, 0x13));
        Assert.All(Enumerable.Range(0, 256), number => Assert.Equal(0, GaloisField.Multiply((byte)number, 0)));
        Assert.All(Enumerable.Range(1, 255), number => Assert.Equal(1, GaloisField.Multiply((byte)number, GaloisField.Invert((byte)number))));
    }

    // Values by another implementation, with tables of logarithms: coefficients 0102, 807f, 0000, fe00 and 53ca behind the secret's bytes.
    [Fact]
    public void Split_FixedCoefficients_GivesTheKnownShares()
    {
        var coefficients = new Queue<byte>([0x01, 0x02, 0x80, 0x7F, 0x00, 0x00, 0xFE, 0x00, 0x53, 0xCA]);

        var shares = SecretSharing.Split(Convert.FromHexString("00ff1053a7"), 3, 255, target =>
        {
            for (var i = 0; i < target.Length; i++)
                target[i] = coefficients.Dequeue();
        });

        Assert.Equal("030010ad3e", Hex(shares[0]));
        Assert.Equal("0a0310b404", Hex(shares[1]));
        Assert.Equal("09fc104a9d", Hex(shares[2]));
        Assert.Equal("af0010b698", Hex(shares[127]));
        Assert.Equal("d9aa10bf3a", Hex(shares[254]));
    }

    [Fact]
    public void Combine_KnownShares_GivesTheSecret() =>
        Assert.Equal("00ff1053a7", Convert.ToHexStringLower(SecretSharing.Combine([Share(128, "af0010b698"), Share(2, "0a0310b404"), Share(255, "d9aa10bf3a")])));

    [Fact]
    public void Combine_EverySubsetOfThreshold_RestoresTheSecret() => Property.ForAll(20, random =>
    {
        var secret = new byte[random.Next(1, 40)];
        random.NextBytes(secret);
        var count = random.Next(2, 7);
        var threshold = random.Next(2, count + 1);

        var shares = SecretSharing.Split(secret, threshold, count);

        Assert.All(Subsets(shares, threshold), subset => Assert.Equal(secret, SecretSharing.Combine(subset)));
        Assert.Equal(secret, SecretSharing.Combine(shares));
    });

    /// <summary>Whatever the secret is taken to be, there is exactly one last share that makes it so: the others rule nothing out.</summary>
    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    public void Combine_OneShareLess_LeavesEverySecretEquallyPossible(int threshold, int count)
    {
        var shares = SecretSharing.Split([0x42], threshold, count);
        foreach (var known in Subsets(shares, threshold - 1))
        {
            var missing = shares.First(share => !known.Contains(share)).Number;

            var possible = Enumerable.Range(0, 256).Select(value => SecretSharing.Combine([.. known, new SecretShare(missing, [(byte)value])])[0]).ToHashSet();

            Assert.Equal(256, possible.Count);
        }
    }

    [Fact]
    public void Split_Twice_GivesOtherShares() =>
        Assert.NotEqual(Hex(SecretSharing.Split(new byte[32], 2, 2)[0]), Hex(SecretSharing.Split(new byte[32], 2, 2)[0]));

    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 3)]
    [InlineData(2, 256)]
    public void Split_ImpossibleNumbers_AreRefused(int threshold, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SecretSharing.Split([1], threshold, count));

    [Fact]
    public void Combine_SharesThatDoNotBelongTogether_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => SecretSharing.Combine([Share(1, "00"), Share(1, "01")]));
        Assert.Throws<ArgumentException>(() => SecretSharing.Combine([Share(1, "00"), Share(2, "0102")]));
        Assert.Throws<ArgumentException>(() => SecretSharing.Combine([Share(0, "00"), Share(2, "01")]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SecretSharing.Combine([]));
    }

    private static SecretShare Share(byte number, string hex) => new(number, Convert.FromHexString(hex));

    private static string Hex(SecretShare share) => Convert.ToHexStringLower(share.Value);

    private static IEnumerable<SecretShare[]> Subsets(IReadOnlyList<SecretShare> shares, int size) =>
        Enumerable.Range(0, 1 << shares.Count).Where(mask => System.Numerics.BitOperations.PopCount((uint)mask) == size)
            .Select(mask => shares.Where((_, index) => (mask >> index & 1) == 1).ToArray());
}
