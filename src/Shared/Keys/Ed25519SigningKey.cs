using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using TrustService.Metadata;

namespace TrustService.Keys;

/// <summary>An Ed25519 private key in memory.</summary>
internal sealed class Ed25519SigningKey : IExportableKey
{
    private readonly byte[] seed;
    private readonly byte[] point = new byte[Ed25519.PublicKeySize];

    public Ed25519SigningKey(ReadOnlySpan<byte> seed)
    {
        this.seed = seed.ToArray();
        Ed25519.GeneratePublicKey(this.seed, 0, point, 0);
    }

    // SEQUENCE { 0, SEQUENCE { OID 1.3.101.112 }, OCTET STRING { OCTET STRING of 32 bytes } }: RFC 8410 §7.
    internal static ReadOnlySpan<byte> Pkcs8Prefix => [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    public SignatureScheme Scheme => SignatureScheme.Ed25519;

    public ReadOnlyMemory<byte> Material => point;

    public byte[] Sign(ReadOnlySpan<byte> payload)
    {
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(seed, 0, point, 0, null, payload.ToArray(), 0, payload.Length, signature, 0);
        return signature;
    }

    public byte[] ExportPkcs8() => [.. Pkcs8Prefix, .. seed];

    public void Dispose() => CryptographicOperations.ZeroMemory(seed);
}
