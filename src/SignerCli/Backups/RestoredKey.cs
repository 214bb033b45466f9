using TrustService.Cli.KeyStores;
using TrustService.Keys;

namespace TrustService.Cli.Backups;

/// <summary>A key that came out of a backup, in memory only.</summary>
/// <param name="Entry">What the backup notes of it; where it was does not matter any more.</param>
/// <param name="Key">The key.</param>
internal sealed record RestoredKey(KeyEntry Entry, IExportableKey Key) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();
}
