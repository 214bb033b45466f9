using System.Text;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Oci;

public sealed class DigestTests
{
    // SHA-256 and SHA-512 of "abc": FIPS 180-4 examples.
    private const string Abc256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private const string Abc512 = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    [Theory]
    [InlineData(Abc256)]
    [InlineData(Abc512)]
    public void Parse_KnownAlgorithm_RoundTripsAndMatchesItsBytes(string text)
    {
        var digest = Digest.Parse(text);

        Assert.Equal(text, digest.ToString());
        Assert.True(digest.Matches("abc"u8));
        Assert.False(digest.Matches("abd"u8));
        Assert.Equal(digest, Digest.FromHex(digest.Algorithm, digest.Hex));
    }

    [Fact]
    public void Of_Bytes_IsTheKnownHash()
    {
        Assert.Equal(Abc256, Digest.OfSha256("abc"u8).ToString());
        Assert.Equal(Abc512, Digest.OfSha512("abc"u8).ToString());
        Assert.Equal("sha256:ba78…15ad", Digest.Parse(Abc256).Short);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256")]
    [InlineData("sha256:")]
    [InlineData(":ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n")]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("md5:900150983cd24fb0d6963f7d28e17f72")]
    public void Parse_AnythingElse_IsRefused(string text)
    {
        Refusal.Of(TrustError.InvalidDigest, () => Digest.Parse(text));
        Assert.False(Digest.TryParse(text, out _));
    }

    [Fact]
    public void Parse_MutatedText_IsRefusedOrRoundTrips() => Property.ForAll(2000, random =>
    {
        var text = Mutation.Of(Abc256, random);
        if (Refusal.IsAccepted(() => Digest.Parse(text)))
            Assert.Equal(text, Digest.Parse(text).ToString());
    });

    [Fact]
    public void Matches_OneBitChanged_IsFalse() => Property.ForAll(200, random =>
    {
        var bytes = Encoding.UTF8.GetBytes(new string('x', random.Next(1, 500)));
        var digest = random.Next(2) == 0 ? Digest.OfSha256(bytes) : Digest.OfSha512(bytes);
        Assert.True(digest.Matches(bytes));
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        Assert.False(digest.Matches(bytes));
    });
}
