using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>A key with a certificate of its own, as <c>openssl req -x509</c> makes them for delegations and root keys.</summary>
public sealed class SigningCertificate : IDisposable
{
    // What the client makes itself; it knows no other derivation.
    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA1, 2048);

    private readonly TestDirectory directory = new();

    /// <summary>Makes a P-256 key and a self-signed certificate that is good for a year.</summary>
    public SigningCertificate(string commonName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={commonName}"), key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(365));
        CertificateFile = directory.Write("signer.crt", certificate.ExportCertificatePem());
        KeyFile = directory.Write("signer.key", key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        EncryptedKeyFile = directory.Write("signer.encrypted.key", key.ExportEncryptedPkcs8PrivateKeyPem(NotaryTool.RootPassphrase, Encryption).Insert("-----BEGIN ENCRYPTED PRIVATE KEY-----\n".Length, "role: root\n\n"));
        PublicKeyFile = directory.Write("signer.pub", key.ExportSubjectPublicKeyInfoPem());
        var publicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        KeyId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{{\"keytype\":\"ecdsa\",\"keyval\":{{\"private\":null,\"public\":\"{publicKey}\"}}}}")));
    }

    /// <summary>Path of the certificate in PEM.</summary>
    public string CertificateFile { get; }

    /// <summary>Path of the private key in PEM, which only its owner may read.</summary>
    public string KeyFile { get; }

    /// <summary>Path of the private key as a root key of Notary: in PEM, with its role, encrypted with the passphrase of root keys.</summary>
    public string EncryptedKeyFile { get; }

    /// <summary>The key id that Notary clients show for the key: that of the bare key, not of the certificate.</summary>
    public string KeyId { get; }

    /// <summary>Path of the public key in PEM.</summary>
    public string PublicKeyFile { get; }

    /// <inheritdoc/>
    public void Dispose() => directory.Dispose();
}
