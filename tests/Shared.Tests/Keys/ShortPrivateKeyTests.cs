using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Keys;

public sealed class ShortPrivateKeyTests
{
    [Theory]
    [InlineData(SignatureScheme.EcdsaP256Sha256, 33)]
    [InlineData(SignatureScheme.EcdsaP384Sha384, 49)]
    [InlineData(SignatureScheme.Ed25519, 33)]
    [InlineData(SignatureScheme.RsaPssSha256, null)]
    public void Read_WhatWasWritten_IsTheSameKey(SignatureScheme scheme, int? length)
    {
        var key = (IExportableKey)TestKeys.Of(scheme);

        var bytes = ShortPrivateKey.Write(key);
        using var read = ShortPrivateKey.Read(bytes);

        Assert.Equal(length ?? bytes.Length, bytes.Length);
        Assert.Equal(key.Material.ToArray(), read.Material.ToArray());
        Assert.True(SignatureVerifier.Verify(key.Describe(), "text"u8, read.Sign("text"u8)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0100")]
    [InlineData("04000000")]
    [InlineData("0030")]
    [InlineData("010000000000000000000000000000000000000000000000000000000000000000")]
    public void Read_NoKey_IsRefused(string hex)
    {
        var error = Assert.Throws<TrustException>(() => ShortPrivateKey.Read(Convert.FromHexString(hex)));

        Assert.Contains(error.Error, new[] { TrustError.InvalidKeyFile, TrustError.UnacceptableKey });
    }
}
