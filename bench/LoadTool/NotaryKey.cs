using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using TrustService.Json;

namespace TrustService.LoadTool;

/// <summary>A P-256 key as metadata of Notary v1 lists it.</summary>
internal sealed class NotaryKey
{
    private readonly ECDsa? key;

    private NotaryKey(string keyType, string publicBytes, ECDsa? key)
    {
        this.key = key;
        Description = JsonWriting.Element(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("keytype", keyType);
            writer.WriteStartObject("keyval");
            // The empty member is part of what the id is computed over.
            writer.WriteNull("private");
            writer.WriteString("public", publicBytes);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
        Id = Hex.Encode(SHA256.HashData(CanonicalJson.Encode(Description)));
    }

    /// <summary>The key object.</summary>
    public JsonElement Description { get; }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>A new root key: a certificate whose name is the repository's.</summary>
    public static NotaryKey ForRoot(string gun, DateTimeOffset expires)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={gun}", key, HashAlgorithmName.SHA256).CreateSelfSigned(expires.AddYears(-10), expires);
        return new NotaryKey("ecdsa-x509", Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n")), key);
    }

    /// <summary>A new key of another role.</summary>
    public static NotaryKey Generate()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new NotaryKey("ecdsa", Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), key);
    }

    /// <summary>A key that the server holds, from its answer.</summary>
    public static NotaryKey OfServer(JsonElement answer) =>
        new(answer.GetProperty("keytype").GetString()!, answer.GetProperty("keyval").GetProperty("public").GetString()!, null);

    /// <summary>Signs: the two numbers of an ECDSA signature side by side.</summary>
    public byte[] Sign(ReadOnlySpan<byte> payload) =>
        key!.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
