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
    /// <exception cref="TrustException">A coded refusal.</exception>
    public TrustedTargets AcceptTargets(ReadOnlyMemory<byte> file, DateTimeOffset referenceTime) =>
        Accept(RoleName.Targets, file, null, referenceTime, $"root {Root.Version}", Root.Metadata.Signed.Keys, Root.Metadata.Signed.Roles[RoleName.Targets]);

    /// <summary>Accepts targets whose file was read already; every check is the same.</summary>
    internal TrustedTargets AcceptTargets(SignedMetadata<Targets> read, DateTimeOffset referenceTime) =>
        Accept(RoleName.Targets, read.File, read, referenceTime, $"root {Root.Version}", Root.Metadata.Signed.Keys, Root.Metadata.Signed.Roles[RoleName.Targets]);

    internal TrustedTargets Accept(
        RoleName role, ReadOnlyMemory<byte> file, SignedMetadata<Targets>? read, DateTimeOffset referenceTime, string delegator, IReadOnlyDictionary<KeyId, PublicKey> keys, RoleKeys roleKeys)
    {
        var listed = Listed(role);
        FileIntegrity.Check(file.Span, listed.Length, listed.Hashes, role.Value);
        var metadata = read ?? Root.Format.Read<Targets>(file, Root.Limits.MaxListedBytes);
        var signers = SignatureThreshold.Require(metadata, role, delegator, keys, roleKeys);
        Root.RequireSameRepository(metadata.Signed.Repository, isNeeded: false, role, metadata.Signed.Version);
        Freshness.RequireListedVersion(metadata.Signed.Version, listed, role, "snapshot");
        Freshness.Require(metadata.Signed, role, referenceTime);
        return new TrustedTargets(this, role, metadata, signers);
    }

    internal void RequireNoRollback(TrustedSnapshot previous)
    {
        if (!Root.Format.Rules.ParentsNameVersions)
            Freshness.RequireNotLower(Metadata.Signed.Version, previous.Metadata.Signed.Version, RoleName.Snapshot);
        foreach (var (role, before) in previous.Metadata.Signed.Meta)
        {
            if (!Metadata.Signed.Meta.TryGetValue(role, out var now))
                throw new TrustException(TrustError.RoleRemoved, $"Snapshot {Metadata.Signed.Version} no longer lists {role}, which snapshot {previous.Metadata.Signed.Version} listed.") { Role = role.Value };
            if (before.Version is { } trusted && now.Version is { } offered)
                Freshness.RequireNotLower(offered, trusted, role);
        }
    }
}
