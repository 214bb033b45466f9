using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>Versions of snapshot.</summary>
public static class SnapshotBuilder
{
    /// <summary>The snapshot after <paramref name="current"/>, or the first one, with just these entries.</summary>
    /// <param name="current">The current snapshot, or null.</param>
    /// <param name="meta">What is to be said of each file.</param>
    /// <param name="expires">The expiry, UTC.</param>
    public static Snapshot Exactly(Snapshot? current, IReadOnlyDictionary<RoleName, MetaFile> meta, DateTimeOffset expires) =>
        current is null
            ? new Snapshot { Version = 1, Expires = expires, Meta = meta }
            : current with { SpecVersion = null, Version = current.Version + 1, Expires = expires, Meta = meta };

    /// <summary>The snapshot after <paramref name="current"/>, or the first one.</summary>
    /// <remarks>A role that was listed once stays listed: clients refuse a snapshot that drops one. Source: TUF 1.0.34 §5.5.5.</remarks>
    /// <param name="current">The current snapshot, or null.</param>
    /// <param name="changed">What is to be said of the files that change.</param>
    /// <param name="expires">The expiry, UTC.</param>
    public static Snapshot Next(Snapshot? current, IReadOnlyDictionary<RoleName, MetaFile> changed, DateTimeOffset expires)
    {
        var meta = current is null ? [] : new Dictionary<RoleName, MetaFile>(current.Meta);
        foreach (var (role, file) in changed)
            meta[role] = file;
        return Exactly(current, meta.AsReadOnly(), expires);
    }
}
