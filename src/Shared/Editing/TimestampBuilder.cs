using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>Versions of timestamp.</summary>
public static class TimestampBuilder
{
    /// <summary>The timestamp after <paramref name="current"/>, or the first one.</summary>
    /// <param name="current">The current timestamp, or null.</param>
    /// <param name="snapshot">What is to be said of the snapshot file.</param>
    /// <param name="expires">The expiry, UTC.</param>
    /// <param name="signedAt">The time of signing, UTC.</param>
    public static Timestamp Next(Timestamp? current, MetaFile snapshot, DateTimeOffset expires, DateTimeOffset signedAt) =>
        current is null
            ? new Timestamp { Version = 1, Expires = expires, SnapshotMeta = snapshot, SignedAt = signedAt }
            : current with { SpecVersion = null, Version = current.Version + 1, Expires = expires, SnapshotMeta = snapshot, SignedAt = signedAt };
}
