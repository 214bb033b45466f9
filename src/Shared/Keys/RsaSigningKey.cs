using System.Security.Cryptography;
using TrustService.Metadata;

namespace TrustService.Keys;

/// <summary>An RSA private key in memory; it signs with PSS.</summary>
internal sealed class RsaSigningKey(RSA key) : IExportableKey
{
    private readonly Lock gate = new();

    public SignatureScheme Scheme => SignatureScheme.RsaPssSha256;

    public ReadOnlyMemory<byte> Material { get; } = key.ExportSubjectPublicKeyInfo();

    public byte[] Sign(ReadOnlySpan<byte> payload)
    {
        lock (gate)
            return key.SignData(payload, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    public byte[] ExportPkcs8() => key.ExportPkcs8PrivateKey();

    public void Dispose() => key.Dispose();
}
