using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TrustService.Cli.Tests.Support;

/// <summary>Keys with a certificate, as people make them for delegations.</summary>
internal static class SignerCertificate
{
    public static (string Certificate, string Key) New(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(300));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
