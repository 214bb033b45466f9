using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>What a repository publishes at one moment: the chain down to snapshot, and the file of every targets role.</summary>
public sealed class PublishedSet
{
    internal PublishedSet(TrustedSnapshot snapshot, IReadOnlyDictionary<RoleName, TargetsDocument> targets)
    {
        Snapshot = snapshot;
        Targets = targets;
    }

    /// <summary>The root.</summary>
    public TrustedRoot Root => Snapshot.Root;

    /// <summary>The timestamp.</summary>
    public TrustedTimestamp Timestamp => Snapshot.Timestamp;

    /// <summary>The snapshot.</summary>
    public TrustedSnapshot Snapshot { get; }

    /// <summary>Files of targets and of the delegated roles; in some formats also of roles that snapshot lists no longer.</summary>
    public IReadOnlyDictionary<RoleName, TargetsDocument> Targets { get; }

    /// <summary>Bytes of all files together.</summary>
    public long Length => Root.Metadata.File.Length + Timestamp.Metadata.File.Length + Snapshot.Metadata.File.Length + Targets.Values.Sum(targets => (long)targets.File.Length);

    /// <summary>Takes up what is stored. Expiry does not matter here; signatures and versions do.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="files">The current file of every role.</param>
    /// <param name="limits">What is read at the most.</param>
    /// <exception cref="TrustException"><see cref="TrustError.StoreDamaged"/> if the files do not belong together: publishing on top would make it worse.</exception>
    public static PublishedSet Recall(IMetadataFormat format, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> files, VerificationLimits limits)
    {
        var root = TrustedRoot.Pin(format, Stored(RoleName.Root), limits);
        var timestamp = root.RecallTimestamp(Stored(RoleName.Timestamp)) ?? throw Damaged(RoleName.Timestamp);
        var snapshot = timestamp.RecallSnapshot(Stored(RoleName.Snapshot)) ?? throw Damaged(RoleName.Snapshot);
        if (!timestamp.Lists(snapshot))
            throw Damaged(RoleName.Snapshot);
        return new PublishedSet(snapshot, files.Where(file => !IsAboveTargets(file.Key)).ToDictionary(file => file.Key, file => new TargetsDocument(format, file.Value)));

        ReadOnlyMemory<byte> Stored(RoleName role) => files.TryGetValue(role, out var file) ? file : throw Damaged(role);
    }

    /// <summary>The file of a role, or null if there is none.</summary>
    public ReadOnlyMemory<byte>? File(RoleName role) =>
        role == RoleName.Root ? Root.Metadata.File
        : role == RoleName.Timestamp ? Timestamp.Metadata.File
        : role == RoleName.Snapshot ? Snapshot.Metadata.File
        : Targets.TryGetValue(role, out var targets) ? targets.File : default(ReadOnlyMemory<byte>?);

    /// <summary>The version of a targets role, or 0 if it was never published.</summary>
    public long TargetsVersion(RoleName role) =>
        Root.Format.Rules.ParentsNameVersions
            ? Snapshot.Metadata.Signed.Meta.TryGetValue(role, out var listed) ? listed.Version ?? 0 : 0
            : Targets.TryGetValue(role, out var targets) ? targets.Read().Signed.Version : 0;

    /// <summary>The version of every role by its name: the top-level roles first.</summary>
    public IReadOnlyDictionary<string, long> Versions()
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            [RoleName.Root.Value] = Root.Version,
            [RoleName.Targets.Value] = TargetsVersion(RoleName.Targets),
            [RoleName.Snapshot.Value] = Snapshot.Metadata.Signed.Version,
            [RoleName.Timestamp.Value] = Timestamp.Metadata.Signed.Version,
        };
        foreach (var role in Snapshot.Metadata.Signed.Meta.Keys.Select(name => name.Value).Order(StringComparer.Ordinal))
            versions.TryAdd(role, TargetsVersion(RoleName.Parse(role)));
        return versions;
    }

    private static bool IsAboveTargets(RoleName role) => role == RoleName.Root || role == RoleName.Timestamp || role == RoleName.Snapshot;

    private static TrustException Damaged(RoleName role) =>
        new(TrustError.StoreDamaged, $"The stored {role} does not belong to the stored root: the store is damaged or was changed by hand.")
        {
            Role = role.Value,
            Hint = "Nothing is published on top of it. Restore the database from a backup.",
        };
}
