using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>
/// The cache of a repository as one anchor sees it: the root chain is the anchor's own. What lies below root is kept for each set of
/// keys: anchors whose chains lead to the same keys share it, so that what a run under one of them has seen is not forgotten by a
/// run under another one, and a chain to other keys neither lowers nor blocks it.
/// </summary>
internal sealed class PinnedCache(IMetadataCache shared, string rootFile, TrustAnchor anchor) : IMetadataCache
{
    private KeyedFiles? current;
    private KeyedFiles[]? others;

    /// <inheritdoc/>
    public IEnumerable<IMetadataCache> Others => others ??= [.. KeyedFiles.All(shared).Where(files => !files.IsSame(Current))];

    private KeyedFiles Current => current ?? throw new InvalidOperationException("Which files count follows from the root.");

    /// <inheritdoc/>
    public byte[]? Read(string fileName) => PlaceOf(fileName).Cache.Read(PlaceOf(fileName).Name);

    /// <inheritdoc/>
    public void Write(string fileName, ReadOnlyMemory<byte> bytes) => PlaceOf(fileName).Cache.Write(PlaceOf(fileName).Name, bytes);

    /// <inheritdoc/>
    public void Remove(string fileName) => PlaceOf(fileName).Cache.Remove(PlaceOf(fileName).Name);

    /// <inheritdoc/>
    public string LocationOf(string fileName) => PlaceOf(fileName).Cache.LocationOf(PlaceOf(fileName).Name);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string start, string end) => shared.List(start, end);

    /// <inheritdoc/>
    public void Follow(TrustedRoot root, TrustedRoot? former)
    {
        (current, others) = (KeyedFiles.Of(shared, root), null);
        if (former is null)
            Adopt(root, current);
    }

    // An older version of this program kept one timestamp and one snapshot for all anchors. They go to the keys that signed them, before
    // the walk: the root that was stored then is the last one that is known to have been in force with them.
    private void Adopt(TrustedRoot root, KeyedFiles keyed)
    {
        var (timestampFile, snapshotFile) = (StoredFile.NameOf(RoleName.Timestamp), StoredFile.NameOf(RoleName.Snapshot));
        if (shared.Read(timestampFile) is not { } file || root.RecallTimestamp(file) is not { } timestamp)
            return;
        var snapshot = shared.Read(snapshotFile);
        if (snapshot is not null && timestamp.RecallSnapshot(snapshot) is null)
            return;
        var kept = keyed.Read(timestampFile) is { } known ? root.RecallTimestamp(known) : null;
        if (!(kept?.Metadata.Signed.Version >= timestamp.Metadata.Signed.Version))
        {
            if (snapshot is not null)
                keyed.Write(snapshotFile, snapshot);
            keyed.Write(timestampFile, file);
        }
        shared.Remove(timestampFile);
        shared.Remove(snapshotFile);
    }

    // The root chain, the files of roles, and what is neither (of no keys). Names of roles hold no plus sign, because it is escaped.
    private (IMetadataCache Cache, string Name) PlaceOf(string fileName) =>
        fileName == rootFile ? (shared, $"pin+{anchor.CacheKey}.{rootFile}")
        : fileName.EndsWith(".json", StringComparison.Ordinal) && !fileName.Contains('+', StringComparison.Ordinal) ? (Current, fileName)
        : (shared, fileName);
}
