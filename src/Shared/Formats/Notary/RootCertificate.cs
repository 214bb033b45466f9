using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using PublicKey = TrustService.Metadata.PublicKey;

namespace TrustService.Formats.Notary;

/// <summary>Makes the self-signed certificate under which a key may be a root key of a Notary repository.</summary>
public static class RootCertificate
{
    /// <summary>How long a certificate is valid where nobody says otherwise: 10 years of 365 days, as the Notary client has it.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(10 * 365);

    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    private const int SerialBytes = 16;

    /// <summary>Makes a new certificate for a key; each call makes another one, with another key id.</summary>
    /// <param name="key">The private key: ECDSA or RSA.</param>
    /// <param name="repository">The repository; its name is the certificate's common name.</param>
    /// <param name="notBefore">From when it is valid, UTC.</param>
    /// <param name="notAfter">Until when, UTC.</param>
    /// <returns>The key object with the certificate.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.UnacceptableKey"/> for a key of another kind: no Notary client would read it.</exception>
    public static PublicKey Create(ISigningKey key, RepositoryName repository, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var keyType = Signature.MethodOf(key.Scheme) switch
        {
            SignatureMethod.Ecdsa when key.Scheme != SignatureScheme.EcdsaP384Sha384 => NotaryKey.EcdsaCertificate,
            SignatureMethod.RsaPss => NotaryKey.RsaCertificate,
            _ => throw new TrustException(TrustError.UnacceptableKey, $"A root key of a Notary repository is ECDSA P-256 or RSA; {(key.Scheme == SignatureScheme.Ed25519 ? "Ed25519" : "ECDSA P-384")} cannot be one.") { Hint = "Make a new root key: signer key generate" },
        };
        using var certificate = Sign(key, repository, notBefore, notAfter);
        // The Notary client's certificates end with a line feed.
        var source = NotaryKey.Write(keyType, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));
        return NotaryKey.Read(NotaryKey.ComputeId(source), new Json.JsonObjectReader(source, "root certificate"));
    }

    /// <summary>Reads a certificate that the holder of a root key made; the certificates of its authorities may follow it.</summary>
    /// <param name="pem">PEM, 64 KiB at the most.</param>
    /// <exception cref="TrustException"><see cref="TrustError.UnacceptableKey"/> if it is none that can be a root key.</exception>
    public static PublicKey Read(byte[] pem)
    {
        // The key's type is that of the key inside; which of the two it is shows when it is read.
        foreach (var keyType in (string[])[NotaryKey.EcdsaCertificate, NotaryKey.RsaCertificate])
        {
            var source = NotaryKey.Write(keyType, pem);
            if (NotaryKey.Read(NotaryKey.ComputeId(source), new Json.JsonObjectReader(source, "root certificate")) is { IsUsable: true } key)
                return key;
        }
        throw new TrustException(TrustError.UnacceptableKey, "The file is no X.509 certificate of an ECDSA or RSA key in PEM form, or holds more than certificates.");
    }

    /// <summary>The certificate of a root key in PEM, as <see cref="Read"/> takes it; null if it has none.</summary>
    public static byte[]? PemOf(PublicKey key) => NotaryKey.CertificatesOf(key);

    private static X509Certificate2 Sign(ISigningKey key, RepositoryName repository, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(repository.Value);
        using var generator = new Generator(key);
        var request = new CertificateRequest(subject.Build(), generator.PublicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(CodeSigning)], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.Create(subject.Build(), generator, notBefore, notAfter, RandomNumberGenerator.GetBytes(SerialBytes));
    }

    // Signs the certificate by the key's own door, so that a key in a device works as well.
    private sealed class Generator(ISigningKey key) : X509SignatureGenerator, IDisposable
    {
        private readonly AsymmetricAlgorithm algorithm = Import(key);

        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            algorithm is ECDsa ecdsa
                ? CreateForECDsa(ecdsa).GetSignatureAlgorithmIdentifier(hashAlgorithm)
                : CreateForRSA((RSA)algorithm, RSASignaturePadding.Pss).GetSignatureAlgorithmIdentifier(hashAlgorithm);

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.Sign(data);

        public void Dispose() => algorithm.Dispose();

        protected override System.Security.Cryptography.X509Certificates.PublicKey BuildPublicKey() =>
            System.Security.Cryptography.X509Certificates.PublicKey.CreateFromSubjectPublicKeyInfo(key.Material.Span, out _);

        private static AsymmetricAlgorithm Import(ISigningKey key)
        {
            if (key.Scheme == SignatureScheme.RsaPssSha256)
            {
                var rsa = RSA.Create();
                rsa.ImportSubjectPublicKeyInfo(key.Material.Span, out _);
                return rsa;
            }
            var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(key.Material.Span, out _);
            return ecdsa;
        }
    }
}
