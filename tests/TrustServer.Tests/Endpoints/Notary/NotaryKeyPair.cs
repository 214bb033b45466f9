using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace TrustService.Server.Tests.Endpoints.Notary;

/// <summary>A P-256 key of a Notary client: bare, or as the key of a self-signed certificate. Written without the project's own code.</summary>
internal sealed class NotaryKeyPair : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private NotaryKeyPair(string? commonName, DateTimeOffset from, DateTimeOffset to)
    {
        var (type, text) = commonName is null
            ? ("ecdsa", key.ExportSubjectPublicKeyInfo())
            : ("ecdsa-x509", Encoding.ASCII.GetBytes(Certificate(commonName, from, to) + "\n"));
        Object = new JsonObject { ["keytype"] = type, ["keyval"] = new JsonObject { ["private"] = null, ["public"] = Convert.ToBase64String(text) } };
        Id = NotaryJson.Sha256Hex(NotaryJson.Canonical(Object));
    }

    /// <summary>The key as metadata lists it.</summary>
    public JsonObject Object { get; }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>A bare key.</summary>
    public static NotaryKeyPair Bare() => new(null, default, default);

    /// <summary>A key in a certificate.</summary>
    public static NotaryKeyPair InCertificate(string commonName, DateTimeOffset now) => new(commonName, now.AddHours(-1), now.AddDays(3650));

    /// <summary>A signature over the canonical form of a role.</summary>
    public JsonObject Sign(JsonObject signed) => new()
    {
        ["keyid"] = Id,
        ["method"] = "ecdsa",
        ["sig"] = Convert.ToBase64String(key.SignData(NotaryJson.Canonical(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)),
    };

    public void Dispose() => key.Dispose();

    private string Certificate(string commonName, DateTimeOffset from, DateTimeOffset to)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.3")], false));
        using var certificate = request.CreateSelfSigned(from, to);
        return certificate.ExportCertificatePem();
    }
}
