using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>A key of the key store: the first signature that it makes is noted in its description.</summary>
/// <param name="key">The key; it is closed with this one.</param>
/// <param name="entry">What the key store knows of it.</param>
/// <param name="notes">Writes it down.</param>
internal sealed class NotedKey(ISigningKey key, KeyEntry entry, KeyNotes notes) : ISigningKey
{
    private bool isNoted;

    /// <inheritdoc/>
    public SignatureScheme Scheme => key.Scheme;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Material => key.Material;

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> payload)
    {
        var signature = key.Sign(payload);
        if (!isNoted)
            notes.Used(entry);
        isNoted = true;
        return signature;
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
