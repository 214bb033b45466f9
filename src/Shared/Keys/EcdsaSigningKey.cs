using System.Security.Cryptography;
using TrustService.Metadata;

namespace TrustService.Keys;

/// <summary>An ECDSA private key in memory.</summary>
internal sealed class EcdsaSigningKey(ECDsa key, SignatureScheme scheme) : IExportableKey
{
    private readonly Lock gate = new();

    public SignatureScheme Scheme { get; } = scheme;

    public ReadOnlyMemory<byte> Material { get; } = key.ExportSubjectPublicKeyInfo();

    public byte[] Sign(ReadOnlySpan<byte> payload)
    {
        var hash = Scheme == SignatureScheme.EcdsaP384Sha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
        // The base library promises nothing about two threads on one key.
        lock (gate)
            return key.SignData(payload, hash, DSASignatureFormat.Rfc3279DerSequence);
    }

    public byte[] ExportPkcs8() => key.ExportPkcs8PrivateKey();

    public void Dispose() => key.Dispose();
}
