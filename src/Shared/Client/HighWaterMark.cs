using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>
/// What runs of a repository have trusted, under whichever keys and anchors, as far as the keys of a root vouch for it: nothing below
/// it is accepted under that root.
/// </summary>
/// <remarks>
/// Files of runs under other keys count one by one if no online key of theirs was removed. Otherwise a timestamp counts only together
/// with the snapshot that it lists, and only if the root's keys signed both: a timestamp of a key that stayed may list what a
/// thief of the other key made. Source: TUF 1.0.34 §5.3.11.
/// </remarks>
internal sealed class HighWaterMark
{
    private readonly List<byte[]> snapshots = [];

    private HighWaterMark()
    {
    }

    /// <summary>The timestamp of the highest version, or null if there is none.</summary>
    public TrustedTimestamp? Timestamp { get; private set; }

    /// <summary>Finds what counts under a root.</summary>
    public static HighWaterMark Of(TrustedRoot root, IMetadataCache cache)
    {
        var mark = new HighWaterMark();
        mark.Add(Recall(root, cache), null);
        foreach (var other in cache.Others.Where(other => Counts(root, other)))
            mark.Add(Recall(root, other), other.Read(StoredFile.NameOf(RoleName.Snapshot)));
        return mark;
    }

    /// <summary>True if timestamp and snapshot of a run under some keys count under a root, as far as they hold.</summary>
    public static bool Counts(TrustedRoot root, IMetadataCache files) =>
        HasAllOnlineKeysOf(files, root)
        || (Recall(root, files) is { } timestamp
            && files.Read(StoredFile.NameOf(RoleName.Snapshot)) is { } file
            && timestamp.RecallSnapshot(file) is { } snapshot
            && timestamp.Lists(snapshot));

    /// <summary>Refuses a snapshot that goes back behind one of a run under other keys; the own one is compared when it is accepted.</summary>
    /// <returns>The snapshot itself.</returns>
    /// <exception cref="Errors.TrustException"><see cref="Errors.TrustError.VersionRollback"/> or <see cref="Errors.TrustError.RoleRemoved"/></exception>
    public TrustedSnapshot RequireNoRollback(TrustedSnapshot snapshot)
    {
        foreach (var file in snapshots)
        {
            if (!snapshot.Metadata.File.Span.SequenceEqual(file) && snapshot.Timestamp.RecallSnapshot(file) is { } previous)
                snapshot.RequireNoRollback(previous);
        }
        return snapshot;
    }

    private void Add(TrustedTimestamp? timestamp, byte[]? snapshot)
    {
        if (timestamp is not null && !(Timestamp?.Metadata.Signed.Version >= timestamp.Metadata.Signed.Version))
            Timestamp = timestamp;
        if (snapshot is not null)
            snapshots.Add(snapshot);
    }

    private static TrustedTimestamp? Recall(TrustedRoot root, IMetadataCache cache) =>
        cache.Read(StoredFile.NameOf(RoleName.Timestamp)) is { } file ? root.RecallTimestamp(file) : null;

    private static bool HasAllOnlineKeysOf(IMetadataCache files, TrustedRoot root) =>
        files.Read(StoredFile.NameOf(RoleName.Root)) is { } file
        && StoredFile.TryAccept(() => TrustedRoot.Pin(root.Format, file, root.Limits)) is { } former
        && !root.HasRotated(RoleName.Timestamp, former)
        && !root.HasRotated(RoleName.Snapshot, former);
}
