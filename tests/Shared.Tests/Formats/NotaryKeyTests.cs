using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;
using PublicKey = TrustService.Metadata.PublicKey;

namespace TrustService.Shared.Tests.Formats;

public sealed class NotaryKeyTests
{
    private static readonly NotaryFormat Format = NotaryFormat.Instance;
    private static readonly RepositoryName Name = Gun.Parse("registry.example.com/team/app");
    private static readonly DateTimeOffset Now = FixedTime.Start;
    private static readonly byte[] Payload = "payload"u8.ToArray();

    [Theory]
    [InlineData("nistP256", SignatureScheme.EcdsaP256Sha256)]
    [InlineData("nistP384", SignatureScheme.EcdsaP384Sha256)]
    [InlineData("nistP521", SignatureScheme.EcdsaP521Sha256)]
    public void Ecdsa_OnEveryCurve_VerifiesOverSha256(string curve, SignatureScheme scheme)
    {
        using var pair = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var key = Read("ecdsa", pair.ExportSubjectPublicKeyInfo());
        var signature = pair.SignData(Payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        Assert.Equal(scheme, key.Scheme);
        Assert.True(SignatureVerifier.Verify(key, Payload, new Signature(key.Id, signature, SignatureMethod.Ecdsa)));
        Assert.False(SignatureVerifier.Verify(key, Payload, new Signature(key.Id, signature, SignatureMethod.RsaPss)));
        Assert.False(SignatureVerifier.Verify(key, Payload, new Signature(key.Id, pair.SignData(Payload, HashAlgorithmName.SHA512, DSASignatureFormat.Rfc3279DerSequence), SignatureMethod.Ecdsa)));
    }

    [Theory]
    [InlineData(SignatureScheme.EcdsaP256Sha256)]
    [InlineData(SignatureScheme.RsaPssSha256)]
    [InlineData(SignatureScheme.Ed25519)]
    public void Key_WrittenAndRead_IsTheSame(SignatureScheme scheme)
    {
        var pair = TestKeys.Of(scheme);
        var key = Format.DescribeKey(scheme, pair.Material);

        Assert.Equal(key, Format.ReadKey(key.Id, key.Source));
        Assert.Contains("\"private\":null", key.Source.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Id_OfAKey_IsThatOfItsFormWithPrivateNull()
    {
        // As notary-server answers, with the members in another order.
        var element = StrictJson.Parse("""{"keytype":"ed25519","keyval":{"public":"m480y9tUXFyQeEd7xuqlBw/wCulI0FLdBnFsNn/uxNk="}}"""u8, JsonLimits.OfBytes(1000));

        Assert.Equal("da0f70905ae41e056f31525dfab64fb95fc569d10de2b801f166dd9a4e0d8341", Format.ComputeKeyId(element).Value);
    }

    [Fact]
    public void RsaKey_AsPemText_IsRead()
    {
        using var pair = RSA.Create(2048);

        Assert.Equal(SignatureScheme.RsaPssSha256, Read("rsa", Encoding.ASCII.GetBytes(pair.ExportSubjectPublicKeyInfoPem())).Scheme);
    }

    [Theory]
    [InlineData("ecdsa-x509")]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    [InlineData("dsa")]
    public void KeyOfAnotherKind_IsKept_AndNeverUsable(string keyType)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.False(Read(keyType, pair.ExportSubjectPublicKeyInfo()).IsUsable);
    }

    [Fact]
    public void Certificate_HasTheKeyOfItsLeaf_AndAnIdOfItsOwn()
    {
        var pair = TestKeys.New();
        var bare = Format.DescribeKey(pair.Scheme, pair.Material);
        var certificate = RootCertificate.Create(pair, Name, Now, Now.AddYears(10));

        Assert.Equal(bare.Fingerprint, certificate.Fingerprint);
        Assert.NotEqual(bare.Id, certificate.Id);
        Assert.NotEqual(certificate.Id, RootCertificate.Create(pair, Name, Now, Now.AddYears(10)).Id);
    }

    [Theory]
    [InlineData(SignatureScheme.EcdsaP256Sha256)]
    [InlineData(SignatureScheme.RsaPssSha256)]
    public void Certificate_IsMadeAsNotarysClientMakesIt(SignatureScheme scheme)
    {
        var key = RootCertificate.Create(TestKeys.Of(scheme), Name, Now, Now.AddYears(10));
        using var certificate = X509CertificateLoader.LoadCertificate(Pem(key));

        Assert.Equal($"CN={Name}", certificate.Subject);
        Assert.Equal(certificate.SubjectName.RawData, certificate.IssuerName.RawData);
        Assert.Equal((Now, Now.AddYears(10)), (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter)));
        Assert.Equal(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, certificate.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.Equal("1.3.6.1.5.5.7.3.3", certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value);
        Assert.False(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.AddDays(1).UtcDateTime;
        Assert.True(chain.Build(certificate), string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation)));
        Assert.Null(Format.Rules.RootKeyProblem(key, Name, Now));
    }

    [Fact]
    public void Certificate_OfALongName_IsMadeAndFits()
    {
        var name = Gun.Parse("registry.example.com/" + new string('a', 230));

        Assert.Null(Format.Rules.RootKeyProblem(RootCertificate.Create(TestKeys.New(), name, Now, Now.AddYears(1)), name, Now));
    }

    [Theory]
    [InlineData(SignatureScheme.Ed25519)]
    [InlineData(SignatureScheme.EcdsaP384Sha384)]
    public void Certificate_ForAKeyThatNotaryDoesNotKnow_IsRefused(SignatureScheme scheme) =>
        Refusal.Of(TrustError.UnacceptableKey, () => RootCertificate.Create(TestKeys.Of(scheme), Name, Now, Now.AddYears(10)));

    [Theory]
    [InlineData("CN=registry.example.com/team/app", null)]
    [InlineData("CN=registry.example.com/team/*", null)]
    [InlineData("CN=registry.example.com/*", null)]
    [InlineData("CN=registry.example.com/team/*x", TrustError.WrongRepository)]
    [InlineData("CN=registry.example.com/team", TrustError.WrongRepository)]
    [InlineData("CN=registry.example.com/team/App", TrustError.WrongRepository)]
    [InlineData("O=registry.example.com/team/app", TrustError.WrongRepository)]
    [InlineData("CN=registry.example.com/team/app, CN=registry.example.com/team/other", TrustError.WrongRepository)]
    public void RootKey_ByTheCommonNameOfItsCertificate(string subject, TrustError? expected) =>
        Assert.Equal(expected, Format.Rules.RootKeyProblem(Certificate(request => { }, subject), Name, Now)?.Error);

    [Fact]
    public void RootKey_OutsideOfItsTime_IsAProblem()
    {
        var key = Certificate(_ => { });

        Assert.Null(Format.Rules.RootKeyProblem(key, Name, Now.AddHours(-23)));
        Assert.Equal(TrustError.UnacceptableKey, Format.Rules.RootKeyProblem(key, Name, Now.AddHours(-25))?.Error);
        Assert.Null(Format.Rules.RootKeyProblem(key, Name, Now.AddYears(1).AddSeconds(-1)));
        Assert.Equal(TrustError.Expired, Format.Rules.RootKeyProblem(key, Name, Now.AddYears(1))?.Error);
    }

    [Fact]
    public void RootKey_OfAnAuthority_IsAProblem()
    {
        var authority = Certificate(request => request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true)));

        Assert.Equal(TrustError.UnacceptableKey, Format.Rules.RootKeyProblem(authority, Name, Now)?.Error);
    }

    [Fact]
    public void RootKey_InABundle_IsTheFirst_AndTheRestAreAuthorities()
    {
        var leaf = Certificate(_ => { });
        var authority = Certificate(request => request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true)), "CN=authority");

        var bundle = Read("ecdsa-x509", [.. Pem(leaf), .. Pem(authority)]);
        Assert.Equal(leaf.Fingerprint, bundle.Fingerprint);
        Assert.Null(Format.Rules.RootKeyProblem(bundle, Name, Now));
        Assert.NotNull(Format.Rules.RootKeyProblem(Read("ecdsa-x509", [.. Pem(authority), .. Pem(leaf)]), Name, Now));
        Assert.NotNull(Format.Rules.RootKeyProblem(Read("ecdsa-x509", [.. Pem(leaf), .. Pem(leaf)]), Name, Now));
        Assert.False(Read("ecdsa-x509", [.. "text"u8, .. Pem(leaf)]).IsUsable);
    }

    [Fact]
    public void RootKey_OfAnRsaKeyThatIsTooShort_OrASha1Certificate_IsAProblem()
    {
        using var small = RSA.Create(1024);
        using var certificate = new CertificateRequest($"CN={Name}", small, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Now, Now.AddYears(1));
        using var large = RSA.Create(2048);
        using var weak = new CertificateRequest($"CN={Name}", large, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1).Create(
            new X500DistinguishedName($"CN={Name}"), new Sha1Generator(large), Now, Now.AddYears(1), [1]);

        Assert.Equal(TrustError.UnacceptableKey, Format.Rules.RootKeyProblem(Read("rsa-x509", Pem(certificate)), Name, Now)?.Error);
        Assert.Equal(TrustError.UnacceptableKey, Format.Rules.RootKeyProblem(Read("rsa-x509", Pem(weak)), Name, Now)?.Error);
    }

    private static PublicKey Read(string keyType, byte[] publicPart)
    {
        var element = StrictJson.Parse(Encoding.UTF8.GetBytes($$"""{"keytype":"{{keyType}}","keyval":{"private":null,"public":"{{Convert.ToBase64String(publicPart)}}"} }"""), JsonLimits.OfBytes(100_000));
        return Format.ReadKey(Format.ComputeKeyId(element), element);
    }

    private static byte[] Pem(PublicKey key) => Convert.FromBase64String(key.Source.GetProperty("keyval").GetProperty("public").GetString()!);

    private static byte[] Pem(X509Certificate2 certificate) => Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");

    private static PublicKey Certificate(Action<CertificateRequest> change, string? subject = null)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject ?? $"CN={Name}", pair, HashAlgorithmName.SHA256);
        change(request);
        using var certificate = request.CreateSelfSigned(Now, Now.AddYears(1));
        return Read("ecdsa-x509", Pem(certificate));
    }

    private sealed class Sha1Generator(RSA key) : X509SignatureGenerator
    {
        // SEQUENCE { 1.2.840.113549.1.1.5 sha1WithRSAEncryption, NULL }
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00];

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        protected override System.Security.Cryptography.X509Certificates.PublicKey BuildPublicKey() => new(key);
    }
}
