using System.Security.Cryptography;
using TrustService.Cli.Pkcs11;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Pkcs11;

/// <summary>A token is a device that somebody else made: whatever it says of its keys is refused with a code, or read.</summary>
public sealed class ObjectPublicKeyTests
{
    private static readonly byte[] P256 = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OfEc_PointWithOrWithoutItsOctetString_IsTheKey(bool isWrapped)
    {
        var key = TestKeys.New();
        var point = key.Material.Span[^65..].ToArray();

        var info = ObjectPublicKey.OfEc(P256, isWrapped ? [4, 65, .. point] : point);

        Assert.True(KeyMaterial.TryFromSubjectPublicKeyInfo(info, out var material, out var scheme));
        Assert.Equal(SignatureScheme.EcdsaP256Sha256, scheme);
        Assert.Equal(key.Material.ToArray(), material);
    }

    [Fact]
    public void OfEc_PointThatStartsLikeAnOctetString_IsNotCut()
    {
        var point = new byte[65];
        (point[0], point[1]) = (4, 63);

        Assert.Equal(point, ObjectPublicKey.OfEc(P256, point)[^65..]);
    }

    [Theory]
    [InlineData("", "03")]
    [InlineData("00", "")]
    [InlineData("00", "00")]
    [InlineData("0102", "010001")]
    public void OfRsa_NoKey_IsRefusedHereOrByWhoeverReadsIt(string modulus, string exponent)
    {
        try
        {
            Assert.False(KeyMaterial.TryFromSubjectPublicKeyInfo(ObjectPublicKey.OfRsa(Convert.FromHexString(modulus), Convert.FromHexString(exponent)), out _, out _));
        }
        catch (TrustException e)
        {
            Assert.Equal(TrustError.KeyUnavailable, e.Error);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("3000")]
    [InlineData("DEADBEEF")]
    public void OfCertificate_NoCertificate_IsRefused(string der) => Refusal.Of(TrustError.KeyUnavailable, () => ObjectPublicKey.OfCertificate(Convert.FromHexString(der)));

    [Theory]
    [InlineData("")]
    [InlineData("0608")]
    public void OfEc_NoCurve_IsRefused(string curve) => Refusal.Of(TrustError.KeyUnavailable, () => ObjectPublicKey.OfEc(Convert.FromHexString(curve), RandomNumberGenerator.GetBytes(65)));
}
