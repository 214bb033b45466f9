using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>
/// What a repository publishes at one moment: the chain down to snapshot, and the files of targets roles. Where targets
/// delegates to hash bins, the files of those that nobody is about to change may be left out.
/// </summary>
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

    /// <summary>The hash bins to which targets delegates, or null if it does not.</summary>
    public SuccinctRoles? Bins => Targets[RoleName.Targets].Read().Signed.Delegations?.Succinct;

    /// <summary>The same without the files of hash bins: what is worth keeping of a repository that is large.</summary>
    public PublishedSet WithoutBins() =>
        Bins is null ? this : new PublishedSet(Snapshot, Targets.Where(targets => targets.Key == RoleName.Targets).ToDictionary());

    /// <summary>The same with the files of some hash bins.</summary>
    /// <param name="files">The current file of each.</param>
    public PublishedSet With(IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> files) =>
        new(Snapshot, Targets.Concat(files.Select(file => KeyValuePair.Create(file.Key, new TargetsDocument(Root.Format, file.Value)))).ToDictionary());

    /// <summary>
    /// True if a publish has to know no other hash bins than those that it replaces. Whoever changes the delegations themselves
    /// has all bins verified, and so has whoever delegates from a bin.
    /// </summary>
    /// <param name="uploads">The files of the publish.</param>
    public bool IsChangeOfBinsAlone(IReadOnlyList<UploadedFile> uploads) =>
        Bins is { } bins && uploads.All(upload => bins.IsBin(upload.Role) && !Delegates(upload));

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

    /// <summary>The version of every role by its name, the top-level roles first. Of hash bins, which may be thousands, only those that are asked for are among them.</summary>
    /// <param name="bins">The hash bins to tell of.</param>
    public IReadOnlyDictionary<string, long> Versions(params ReadOnlySpan<RoleName> bins)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            [RoleName.Root.Value] = Root.Version,
            [RoleName.Targets.Value] = TargetsVersion(RoleName.Targets),
            [RoleName.Snapshot.Value] = Snapshot.Metadata.Signed.Version,
            [RoleName.Timestamp.Value] = Timestamp.Metadata.Signed.Version,
        };
        foreach (var role in Snapshot.Metadata.Signed.Meta.Keys.Where(role => Bins?.IsBin(role) != true).OrderBy(role => role.Value, StringComparer.Ordinal))
            versions.TryAdd(role.Value, TargetsVersion(role));
        foreach (var role in bins)
            versions.TryAdd(role.Value, TargetsVersion(role));
        return versions;
    }

    // A file that cannot be read is refused by those who read it for good.
    private bool Delegates(UploadedFile upload)
    {
        try
        {
            return Root.Format.Read<Targets>(upload.Data, Root.Limits.MaxListedBytes).Signed.Delegations is not null;
        }
        catch (TrustException)
        {
            return false;
        }
    }

    private static bool IsAboveTargets(RoleName role) => role == RoleName.Root || role == RoleName.Timestamp || role == RoleName.Snapshot;

    private static TrustException Damaged(RoleName role) =>
        new(TrustError.StoreDamaged, $"The stored {role} does not belong to the stored root: the store is damaged or was changed by hand.")
        {
            Role = role.Value,
            Hint = "Nothing is published on top of it. Restore the database from a backup.",
        };
}
