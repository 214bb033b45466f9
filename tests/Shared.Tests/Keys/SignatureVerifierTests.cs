using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Keys;

public sealed class SignatureVerifierTests
{
    private static readonly byte[] Payload = "what is signed"u8.ToArray();

    public static TheoryData<SignatureScheme> Schemes() =>
        [SignatureScheme.EcdsaP256Sha256, SignatureScheme.EcdsaP384Sha384, SignatureScheme.RsaPssSha256, SignatureScheme.Ed25519];

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Verify_OwnSignature_HoldsForThePayloadAndTheKeyAlone(SignatureScheme scheme)
    {
        var key = TestKeys.Of(scheme);
        var signature = key.Sign(Payload);

        Assert.True(SignatureVerifier.Verify(key.Describe(), Payload, signature));
        Assert.False(SignatureVerifier.Verify(key.Describe(), "something else"u8, signature));
        Assert.False(SignatureVerifier.Verify(SigningKeys.Generate(scheme).Describe(), Payload, signature));
        Assert.False(SignatureVerifier.Verify(key.Describe(), Payload, []));
        Assert.False(SignatureVerifier.Verify(key.Describe(), Payload, new byte[SignatureVerifier.MaxSignatureBytes + 1]));
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Verify_MutatedSignature_IsNeverOneAndNeverFails(SignatureScheme scheme)
    {
        var key = TestKeys.Of(scheme);
        var signature = key.Sign(Payload);
        var described = key.Describe();
        Property.ForAll(150, random =>
        {
            var mutated = signature.ToList();
            switch (random.Next(4))
            {
                case 0: mutated.RemoveAt(random.Next(mutated.Count)); break;
                case 1: mutated.Insert(random.Next(mutated.Count + 1), (byte)random.Next(256)); break;
                case 2: mutated.Add(0); break;
                default: mutated[random.Next(mutated.Count)] ^= (byte)(1 << random.Next(8)); break;
            }
            Assert.False(mutated.SequenceEqual(signature) || SignatureVerifier.Verify(described, Payload, [.. mutated]));
        });
    }

    // The base library signs with a salt as long as the hash only; another library signs with the other lengths.
    [Theory]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(2050)]
    [InlineData(2055)]
    public void Verify_PssWithAnySalt_Holds(int keySize)
    {
        var (key, pair) = RsaPair(keySize);
        var longest = ((keySize + 6) / 8) - SHA256.HashSizeInBytes - 2;
        foreach (var saltLength in (int[])[0, 1, 20, 32, 64, longest])
        {
            var signature = PssSignature(pair, saltLength);

            Assert.True(SignatureVerifier.Verify(key, Payload, signature), $"salt of {saltLength} bytes");
            Assert.False(SignatureVerifier.Verify(key, "something else"u8, signature));
            signature[^1] ^= 1;
            Assert.False(SignatureVerifier.Verify(key, Payload, signature));
        }
    }

    [Fact]
    public void Verify_PssValueNotBelowTheModulus_IsRefused()
    {
        var (key, pair) = RsaPair(2049);
        var twin = new BigInteger(PssSignature(pair, 20), isUnsigned: true, isBigEndian: true) + new BigInteger(((RsaKeyParameters)pair.Public).Modulus.ToByteArrayUnsigned(), isUnsigned: true, isBigEndian: true);

        Assert.False(SignatureVerifier.Verify(key, Payload, twin.ToByteArray(isUnsigned: true, isBigEndian: true)));
    }

    [Fact]
    public void Verify_EcdsaAsTwoFixedNumbers_IsRefused()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.True(KeyMaterial.TryFromSubjectPublicKeyInfo(ecdsa.ExportSubjectPublicKeyInfo(), out var material, out var scheme));

        Assert.False(SignatureVerifier.Verify(TufFormat.Instance.DescribeKey(scheme, material), Payload, ecdsa.SignData(Payload, HashAlgorithmName.SHA256)));
    }

    /// <summary>DER of two integers.</summary>
    internal static byte[] EcdsaSignature(BigInteger r, BigInteger s)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }
        return writer.Encode();
    }

    private static (PublicKey Key, AsymmetricCipherKeyPair Pair) RsaPair(int keySize)
    {
        var generator = new RsaKeyPairGenerator();
        generator.Init(new RsaKeyGenerationParameters(Org.BouncyCastle.Math.BigInteger.ValueOf(65537), new SecureRandom(), keySize, 64));
        var pair = generator.GenerateKeyPair();
        Assert.True(KeyMaterial.TryFromSubjectPublicKeyInfo(SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(pair.Public).GetDerEncoded(), out var material, out var scheme));
        return (TufFormat.Instance.DescribeKey(scheme, material), pair);
    }

    private static byte[] PssSignature(AsymmetricCipherKeyPair pair, int saltLength)
    {
        var signer = new PssSigner(new RsaEngine(), new Sha256Digest(), saltLength);
        signer.Init(true, pair.Private);
        signer.BlockUpdate(Payload, 0, Payload.Length);
        return signer.GenerateSignature();
    }
}
