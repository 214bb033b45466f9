using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>A key of the key store: the first signature that it makes is noted in its description.</summary>
/// <param name="key">The key; it is closed with this one.</param>
/// <param name="entry">What the key store knows of it.</param>
/// <param name="now">The clock.</param>
internal sealed class NotedKey(ISigningKey key, KeyEntry entry, Func<DateTimeOffset> now) : ISigningKey
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
            Note();
        return signature;
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    private void Note()
    {
        isNoted = true;
        try
        {
            FileKeyStore.Change(entry, known => known with { LastUsed = now() });
        }
        catch (TrustException e) when (e.Error is TrustError.LocalFile or TrustError.InvalidKeyFile)
        {
            // A key store that only can be read, as on CI machines, is no reason not to sign.
        }
    }
}
