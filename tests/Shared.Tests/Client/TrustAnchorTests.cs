using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;
using TrustService.Verification;
using PublicKey = TrustService.Metadata.PublicKey;

namespace TrustService.Shared.Tests.Client;

public sealed class TrustAnchorTests
{
    private static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");
    private static readonly DateTimeOffset Now = FixedTime.Start;

    [Fact]
    public void CertificatePin_IdOfTheRootCertificate_IsAccepted()
    {
        var (root, ids) = RootOf(1, SelfSigned());

        CertificatePin.Parse($"cert:{ids[0]}").Require(root, Now);
        CertificatePin.Parse($"cert:{new string('0', 64)},{ids[0]}").Require(root, Now);
    }

    [Fact]
    public void CertificatePin_AnotherId_IsRefused()
    {
        var (root, _) = RootOf(1, SelfSigned());

        Refusal.Of(TrustError.RootMismatch, () => CertificatePin.Parse($"cert:{new string('0', 64)}").Require(root, Now));
    }

    // Two of two signed, but one of them is not pinned: the pinned one alone does not reach the threshold.
    [Fact]
    public void CertificatePin_FewerPinnedSignersThanTheThreshold_IsRefused()
    {
        var (root, ids) = RootOf(2, SelfSigned(), SelfSigned());

        Refusal.Of(TrustError.RootMismatch, () => CertificatePin.Of(ids.Take(1)).Require(root, Now));
        CertificatePin.Of(ids).Require(root, Now);
    }

    [Theory]
    [InlineData("cert:")]
    [InlineData("cert:abcd")]
    [InlineData("cert:{0},")]
    [InlineData("cert:{0}\n")]
    public void CertificatePin_AnyOtherText_IsRefused(string text) =>
        Refusal.Of(TrustError.Usage, () => CertificatePin.Parse(text.Replace("{0}", new string('a', 64), StringComparison.Ordinal)));

    [Fact]
    public void AuthorityPin_LeafOfThatAuthority_IsAccepted()
    {
        using var authority = new Authority("Root");
        var (root, _) = RootOf(1, authority.Issue());

        authority.Pin.Require(root, Now);
    }

    [Fact]
    public void AuthorityPin_LeafThatBringsItsIntermediate_IsAcceptedUnderEither()
    {
        using var authority = new Authority("Root");
        using var intermediate = new Authority("Intermediate", authority);
        var (root, _) = RootOf(1, intermediate.Issue(intermediate.Pem));

        authority.Pin.Require(root, Now);
        intermediate.Pin.Require(root, Now);
    }

    [Fact]
    public void AuthorityPin_LeafWithoutItsIntermediate_IsRefused()
    {
        using var authority = new Authority("Root");
        using var intermediate = new Authority("Intermediate", authority);
        var (root, _) = RootOf(1, intermediate.Issue());

        Refusal.Of(TrustError.RootMismatch, () => authority.Pin.Require(root, Now));
    }

    [Fact]
    public void AuthorityPin_OtherAuthorityOfTheSameName_IsRefused()
    {
        using var authority = new Authority("Root");
        using var other = new Authority("Root");
        var (root, _) = RootOf(1, other.Issue());

        Refusal.Of(TrustError.RootMismatch, () => authority.Pin.Require(root, Now));
    }

    [Fact]
    public void AuthorityPin_SelfSignedOrExpiredLeaf_IsRefused()
    {
        using var authority = new Authority("Root");

        Refusal.Of(TrustError.RootMismatch, () => authority.Pin.Require(RootOf(1, SelfSigned()).Root, Now));
        Refusal.Of(TrustError.RootMismatch, () => authority.Pin.Require(RootOf(1, authority.Issue()).Root, Now.AddYears(2)));
    }

    // Anybody who signs roots may list such a key; it counts for nothing, and breaks nothing.
    [Theory]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")]
    public void AuthorityPin_RootListsAKeyWithoutCertificate_CountsTheOthers(string pem)
    {
        using var authority = new Authority("Root");
        using var other = new Authority("Other");
        var (root, ids) = RootOf(1, authority.Issue(), (TestKeys.New(), pem));

        authority.Pin.Require(root, Now);
        Assert.False(root.Metadata.Signed.Keys[new KeyId(ids[1])].IsUsable);
        Refusal.Of(TrustError.RootMismatch, () => other.Pin.Require(root, Now));
    }

    // An id of TUF is any text: a root of anybody may list a key of theirs under a pinned one.
    [Fact]
    public void PinOfCertificates_TufRootWithAKeyUnderThatId_IsRefused()
    {
        using var authority = new Authority("Root");
        var id = new string('a', 64);
        var forged = TrustedRoot.Pin(TufFormat.Instance, ForgedRoots.Under(id, new RepositorySimulator(Now)), VerificationLimits.Default);

        Assert.Equal(id, Assert.Single(forged.Signers.Signed).Value);
        Refusal.Of(TrustError.RootMismatch, () => CertificatePin.Parse($"cert:{id}").Require(forged, Now));
        Refusal.Of(TrustError.RootMismatch, () => CertificatePin.Parse($"cert:{id}").RequireChain([forged], "https://trust.example.com", Now));
        Refusal.Of(TrustError.RootMismatch, () => authority.Pin.Require(forged, Now));
    }

    [Fact]
    public void AuthorityPin_FileWithoutAnAuthority_IsRefused()
    {
        using var authority = new Authority("Root");

        Refusal.Of(TrustError.Usage, () => AuthorityPin.OfPem("ca.crt", "no certificate"));
        Refusal.Of(TrustError.Usage, () => AuthorityPin.OfPem("ca.crt", authority.Issue().Pem));
    }

    private static (ISigningKey Key, string Pem) SelfSigned()
    {
        var key = TestKeys.New();
        var certificate = RootCertificate.Create(key, Repository, Now.AddDays(-1), Now.AddYears(1));
        return (key, Encoding.ASCII.GetString(NotaryKey.CertificatesOf(certificate)!));
    }

    private static (TrustedRoot Root, ImmutableArray<string> Ids) RootOf(int threshold, params (ISigningKey Key, string Pem)[] signers)
    {
        ImmutableArray<PublicKey> keys = [.. signers.Select(signer =>
        {
            var source = NotaryKey.Write(NotaryKey.EcdsaCertificate, Encoding.ASCII.GetBytes(signer.Pem));
            return NotaryKey.Read(NotaryKey.ComputeId(source), new JsonObjectReader(source, "key"));
        })];
        var other = NotaryFormat.Instance.DescribeKey(signers[0].Key.Scheme, TestKeys.New().Material);
        var roles = new Dictionary<RoleName, RoleAssignment>
        {
            [RoleName.Root] = new(keys, threshold),
            [RoleName.Targets] = new([other]),
            [RoleName.Snapshot] = new([other]),
            [RoleName.Timestamp] = new([other]),
        };
        var file = MetadataSigner.Sign(NotaryFormat.Instance, RootEditor.First(roles, Now.AddYears(1)), keys.Where(key => key.IsUsable), signers.Where((_, at) => keys[at].IsUsable).Select(signer => signer.Key)).File;
        return (TrustedRoot.Pin(NotaryFormat.Instance, file, VerificationLimits.Default), [.. keys.Select(key => key.Id.Value)]);
    }

    private sealed class Authority : IDisposable
    {
        private readonly X509Certificate2 certificate;

        public Authority(string name, Authority? issuer = null)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
            using var issued = issuer is null ? null : request.Create(issuer.certificate, Now.AddDays(-1), Now.AddYears(3), RandomNumberGenerator.GetBytes(8));
            certificate = issued is null ? request.CreateSelfSigned(Now.AddDays(-2), Now.AddYears(4)) : issued.CopyWithPrivateKey(key);
        }

        public string Pem => certificate.ExportCertificatePem() + "\n";

        public AuthorityPin Pin => AuthorityPin.OfPem("ca.crt", Pem);

        public (ISigningKey Key, string Pem) Issue(string chain = "")
        {
            var key = TestKeys.New();
            using var algorithm = ECDsa.Create();
            algorithm.ImportSubjectPublicKeyInfo(key.Material.Span, out _);
            var request = new CertificateRequest($"CN={Repository}", algorithm, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
            using var leaf = request.Create(certificate, Now.AddDays(-1), Now.AddYears(1), RandomNumberGenerator.GetBytes(8));
            return (key, leaf.ExportCertificatePem() + "\n" + chain);
        }

        public void Dispose() => certificate.Dispose();
    }
}
