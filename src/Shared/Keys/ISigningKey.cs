using TrustService.Metadata;

namespace TrustService.Keys;

/// <summary>A private key that can sign, wherever it lives: in memory, in a device, behind a program.</summary>
public interface ISigningKey : IDisposable
{
    /// <summary>How it signs.</summary>
    SignatureScheme Scheme { get; }

    /// <summary>Its public half, encoded as <see cref="PublicKey.Material"/>.</summary>
    ReadOnlyMemory<byte> Material { get; }

    /// <summary>Signs bytes.</summary>
    /// <returns>The signature, encoded as <see cref="Signature.Value"/>.</returns>
    byte[] Sign(ReadOnlySpan<byte> payload);
}
