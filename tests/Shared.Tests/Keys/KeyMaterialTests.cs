using System.Security.Cryptography;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Keys;

public sealed class KeyMaterialTests
{
    // The names of curves that the platform's library does not know end as "not usable", never as another exception.
    [Theory]
    [InlineData(SignatureScheme.EcdsaP256Sha256)]
    [InlineData(SignatureScheme.EcdsaP384Sha384)]
    [InlineData(SignatureScheme.RsaPssSha256)]
    [InlineData(SignatureScheme.Ed25519)]
    public void TryFromSubjectPublicKeyInfo_MutatedBytes_NeverThrows(SignatureScheme scheme)
    {
        using var key = SigningKeys.Generate(scheme);
        var info = KeyMaterial.ToSubjectPublicKeyInfo(scheme, key.Material.Span);
        Property.ForAll(1500, random =>
        {
            if (KeyMaterial.TryFromSubjectPublicKeyInfo(Mutated(info, random), out var material, out var found))
                Assert.True(material.Length > 0 && found != SignatureScheme.Unknown);
        });
    }

    [Theory]
    [InlineData(SignatureScheme.EcdsaP256Sha256)]
    [InlineData(SignatureScheme.RsaPssSha256)]
    [InlineData(SignatureScheme.Ed25519)]
    public void ImportPkcs8_MutatedBytes_OnlyEverRefuses(SignatureScheme scheme)
    {
        using var key = SigningKeys.Generate(scheme);
        var pkcs8 = key.ExportPkcs8();
        Property.ForAll(1500, random => Refusal.IsAccepted(() => SigningKeys.ImportPkcs8(Mutated(pkcs8, random)).Dispose()));
    }

    [Fact]
    public void TryFromSubjectPublicKeyInfo_UnknownCurve_IsNotUsable()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var info = key.ExportSubjectPublicKeyInfo();
        // The last number of 1.2.840.10045.3.1.7, the curve's name.
        info[info.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]) + 7] = 0x44;

        Assert.False(KeyMaterial.TryFromSubjectPublicKeyInfo(info, out _, out _));
    }

    private static byte[] Mutated(byte[] source, Random random)
    {
        var bytes = (byte[])source.Clone();
        // The algorithm and its parameters stand at the start: half of the changes go there.
        for (var change = random.Next(1, 4); change > 0; change--)
            bytes[random.Next(random.Next(2) == 0 ? Math.Min(32, bytes.Length) : bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}
