using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>The third link: a trusted snapshot. Only it can accept targets.</summary>
public sealed class TrustedSnapshot
{
    internal TrustedSnapshot(TrustedTimestamp timestamp, SignedMetadata<Snapshot> metadata, ThresholdResult signers)
    {
        Timestamp = timestamp;
        Metadata = metadata;
        Signers = signers;
    }

    /// <summary>The timestamp that names it.</summary>
    public TrustedTimestamp Timestamp { get; }

    /// <summary>The snapshot.</summary>
    public SignedMetadata<Snapshot> Metadata { get; }

    /// <summary>Who signed it.</summary>
    public ThresholdResult Signers { get; }

    /// <summary>The root under which it is trusted.</summary>
    public TrustedRoot Root => Timestamp.Root;

    /// <summary>What this snapshot says of a role's file.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.RoleNotListed"/></exception>
    public MetaFile Listed(RoleName role) =>
        Metadata.Signed.Meta.TryGetValue(role, out var listed)
            ? listed
            : throw new TrustException(TrustError.RoleNotListed, $"Snapshot {Metadata.Signed.Version} does not list {role}.") { Role = role.Value };

    /// <summary>Bytes that a role's file may have.</summary>
    public int MaxBytesOf(RoleName role) => Freshness.ListedLimit(Listed(role), Root.Limits.MaxTargetsBytes, Root.Limits.MaxListedBytes);

    /// <summary>Accepts the top-level targets.</summary>
    /// <remarks>Source: TUF 1.0.34 §5.6.2–5.6.5.</remarks>
    /// <param name="file">The file.</param>
    /// <param name="referenceTime">The one time of this update, UTC.</param>
    /// <param name="trustedVersion">
    /// The version that was trusted before (<see cref="RecallTargetsVersion"/>), or null; it counts where snapshot names no versions.
    /// </param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public TrustedTargets AcceptTargets(ReadOnlyMemory<byte> file, DateTimeOffset referenceTime, long? trustedVersion = null) =>
        Accept(TopLevel(), file, null, referenceTime, trustedVersion);

    /// <summary>Accepts targets whose file was read already; every check is the same.</summary>
    internal TrustedTargets AcceptTargets(SignedMetadata<Targets> read, DateTimeOffset referenceTime, long? trustedVersion = null) =>
        Accept(TopLevel(), read.File, read, referenceTime, trustedVersion);

    /// <summary>Recalls the version of a stored targets file for the rollback check: its signatures must hold under the root, nothing else matters.</summary>
    /// <returns>Null if they do not hold; after a change of keys that is how a fast-forward is undone.</returns>
    public long? RecallTargetsVersion(ReadOnlyMemory<byte> file) => Recall(TopLevel(), file);

    internal TrustedTargets Accept(Delegator delegator, ReadOnlyMemory<byte> file, SignedMetadata<Targets>? read, DateTimeOffset referenceTime, long? trustedVersion)
    {
        var role = delegator.Role;
        var listed = Listed(role);
        FileIntegrity.Check(file.Span, listed.Length, listed.Hashes, role.Value);
        var metadata = read ?? Root.Format.Read<Targets>(file, Root.Limits.MaxListedBytes);
        var signers = SignatureThreshold.Require(metadata, role, delegator.Name, delegator.Keys, delegator.RoleKeys);
        Root.RequireSameRepository(metadata.Signed.Repository, isNeeded: false, role, metadata.Signed.Version);
        Freshness.RequireListedVersion(metadata.Signed.Version, listed, role, "snapshot");
        if (listed.Version is null && trustedVersion is { } trusted)
            Freshness.RequireNotLower(metadata.Signed.Version, trusted, role);
        Freshness.Require(metadata.Signed, role, referenceTime);
        return new TrustedTargets(this, delegator, metadata, signers);
    }

    internal long? Recall(Delegator delegator, ReadOnlyMemory<byte> file)
    {
        try
        {
            var metadata = Root.Format.Read<Targets>(file, Root.Limits.MaxListedBytes);
            _ = SignatureThreshold.Require(metadata, delegator.Role, delegator.Name, delegator.Keys, delegator.RoleKeys);
            return metadata.Signed.Version;
        }
        catch (TrustException)
        {
            return null;
        }
    }

    /// <summary>Refuses a snapshot that was made for another root than the trusted one, in a format where it lists root.</summary>
    internal void RequireListedRoot()
    {
        if (Root.Format.Rules.SnapshotListsRoot && Listed(RoleName.Root) is var listed)
            FileIntegrity.Check(Root.Metadata.File.Span, listed.Length, listed.Hashes, RoleName.Root.Value);
    }

    internal void RequireNoRollback(TrustedSnapshot previous)
    {
        if (!Root.Format.Rules.ParentsNameVersions)
            Freshness.RequireNotLower(Metadata.Signed.Version, previous.Metadata.Signed.Version, RoleName.Snapshot);
        foreach (var (role, before) in previous.Metadata.Signed.Meta)
        {
            if (!Metadata.Signed.Meta.TryGetValue(role, out var now))
            {
                if (Root.Format.Rules.MaySnapshotDropRoles)
                    continue;
                throw new TrustException(TrustError.RoleRemoved, $"Snapshot {Metadata.Signed.Version} no longer lists {role}, which snapshot {previous.Metadata.Signed.Version} listed.") { Role = role.Value };
            }
            if (before.Version is { } trusted && now.Version is { } offered)
                Freshness.RequireNotLower(offered, trusted, role);
        }
    }

    private Delegator TopLevel() =>
        new(RoleName.Targets, $"root {Root.Version}", Root.Metadata.Signed.Keys, Root.Metadata.Signed.Roles[RoleName.Targets], null);
}
