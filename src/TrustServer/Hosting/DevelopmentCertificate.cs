using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrustService.Server.Data;

namespace TrustService.Server.Hosting;

/// <summary>
/// A CA and a server certificate for this machine, for development and tests, kept in a directory and made again shortly
/// before they expire. Whoever trusts <c>ca.crt</c> trusts this server at 127.0.0.1, ::1 and localhost.
/// </summary>
internal sealed class DevelopmentCertificate(string directory, TimeProvider time)
{
    // By number: the names are those of the system's library, and not every build of it has this one.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);
    private static readonly TimeSpan CaLifetime = TimeSpan.FromDays(5 * 365);
    private static readonly TimeSpan ServerLifetime = TimeSpan.FromDays(397);

    /// <summary>File of the CA certificate, for clients.</summary>
    public string CaFile => Path.Combine(directory, "ca.crt");

    private string CaKeyFile => Path.Combine(directory, "ca.key");

    private string CertificateFile => Path.Combine(directory, "server.crt");

    private string KeyFile => Path.Combine(directory, "server.key");

    /// <summary>The server's certificate with its private key.</summary>
    public X509Certificate2 Load()
    {
        PrivateFiles.CreateDirectory(directory);
        using var ca = TryRead(CaFile, CaKeyFile) ?? MakeCa();
        if (TryRead(CertificateFile, KeyFile) is { } certificate)
        {
            if (certificate.Issuer == ca.Subject && IsSignedBy(certificate, ca))
                return certificate;
            certificate.Dispose();
        }
        return MakeServer(ca);
    }

    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 ca)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    private X509Certificate2? TryRead(string certificateFile, string keyFile)
    {
        if (!File.Exists(certificateFile) || !File.Exists(keyFile))
            return null;
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        if (certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime > RenewBefore)
            return certificate;
        certificate.Dispose();
        return null;
    }

    private X509Certificate2 MakeCa()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serial = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var request = new CertificateRequest($"CN=TrustServer development CA {serial}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var (from, to) = Validity(CaLifetime);
        var ca = request.CreateSelfSigned(from, to);
        Store(ca.ExportCertificatePem(), CaFile, key, CaKeyFile);
        return ca;
    }

    private X509Certificate2 MakeServer(X509Certificate2 ca)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var (from, to) = Validity(ServerLifetime);
        using var certificate = request.Create(ca, from, to < ca.NotAfter ? to : ca.NotAfter, RandomNumberGenerator.GetBytes(16));
        Store(certificate.ExportCertificatePem(), CertificateFile, key, KeyFile);
        return certificate.CopyWithPrivateKey(key);
    }

    // An hour back: the clocks of a virtual machine and its host may differ.
    private (DateTimeOffset From, DateTimeOffset To) Validity(TimeSpan lifetime) => (time.GetUtcNow().AddHours(-1), time.GetUtcNow() + lifetime);

    private static void Store(string certificate, string certificateFile, ECDsa key, string keyFile)
    {
        Write(keyFile, key.ExportPkcs8PrivateKeyPem());
        Write(certificateFile, certificate);
    }

    private static void Write(string path, string text)
    {
        var temporary = path + ".new";
        using (var file = PrivateFiles.Create(temporary, FileMode.Create))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
