using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>The last link: targets, or a delegated role, that are trusted. Only they can accept the roles that they delegate to.</summary>
public sealed class TrustedTargets
{
    private readonly Delegator delegator;

    internal TrustedTargets(TrustedSnapshot snapshot, Delegator delegator, SignedMetadata<Targets> metadata, ThresholdResult signers)
    {
        this.delegator = delegator;
        Snapshot = snapshot;
        Metadata = metadata;
        Signers = signers;
    }

    /// <summary>The snapshot that names it.</summary>
    public TrustedSnapshot Snapshot { get; }

    /// <summary>The role's name.</summary>
    public RoleName Role => delegator.Role;

    /// <summary>The targets.</summary>
    public SignedMetadata<Targets> Metadata { get; }

    /// <summary>Who signed it.</summary>
    public ThresholdResult Signers { get; }

    /// <summary>The path patterns for which the role may speak, or null if patterns do not bind it: the top-level targets, and hash bins.</summary>
    public ImmutableArray<string>? Paths => delegator.Paths;

    /// <summary>The hash bins to which this role delegates, or null.</summary>
    public SuccinctRoles? Bins => Metadata.Signed.Delegations?.Succinct;

    /// <summary>True if the role's patterns let it speak for a target path.</summary>
    /// <remarks>
    /// Enough only where the patterns of a delegation lie within those of its delegator. Elsewhere those of each delegator on the way
    /// count, and priority besides: only a search (<see cref="DelegationWalk"/>) knows who speaks for a path.
    /// </remarks>
    public bool MaySpeakFor(string targetPath) =>
        Paths is not { } patterns || patterns.Any(pattern => Snapshot.Root.Format.Rules.PathMatches(pattern, targetPath));

    /// <summary>True if this role delegates to <paramref name="role"/>, in a way that the format allows.</summary>
    public bool DelegatesTo(RoleName role) =>
        Metadata.Signed.Delegations?.KeysOf(role) is not null && Snapshot.Root.Format.Rules.MayDelegate(Role, role);

    /// <summary>Accepts a role that this one delegates to, by the same rules as the top-level targets.</summary>
    /// <remarks>Source: TUF 1.0.34 §5.6.6.</remarks>
    /// <param name="role">The role.</param>
    /// <param name="file">The file.</param>
    /// <param name="referenceTime">The one time of this update, UTC.</param>
    /// <param name="trustedVersion">
    /// The version that was trusted before (<see cref="RecallDelegatedVersion"/>), or null; it counts where snapshot names no versions.
    /// </param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public TrustedTargets AcceptDelegated(RoleName role, ReadOnlyMemory<byte> file, DateTimeOffset referenceTime, long? trustedVersion = null) =>
        Snapshot.Accept(Delegate(role), file, null, referenceTime, trustedVersion);

    /// <summary>Accepts a role whose file was read already; every check is the same.</summary>
    internal TrustedTargets AcceptDelegated(RoleName role, SignedMetadata<Targets> read, DateTimeOffset referenceTime, long? trustedVersion = null) =>
        Snapshot.Accept(Delegate(role), read.File, read, referenceTime, trustedVersion);

    /// <summary>Recalls the version of a stored file of a delegated role for the rollback check: its signatures must hold by this delegation.</summary>
    /// <returns>Null if they do not hold.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.RoleNotListed"/> if this role does not delegate to it.</exception>
    public long? RecallDelegatedVersion(RoleName role, ReadOnlyMemory<byte> file) => Snapshot.Recall(Delegate(role), file);

    /// <summary>The patterns of a delegation that count: in some formats only those within this role's own.</summary>
    internal ImmutableArray<string>? PatternsOf(DelegatedRole delegated)
    {
        if (delegated.Paths is not { } patterns || Paths is not { } own)
            return delegated.Paths;
        var rules = Snapshot.Root.Format.Rules;
        return [.. patterns.Where(pattern => own.Any(outer => rules.IsPatternWithin(pattern, outer)))];
    }

    private Delegator Delegate(RoleName role)
    {
        if (Metadata.Signed.Delegations is not { } delegations || delegations.KeysOf(role) is not { } roleKeys || !DelegatesTo(role))
            throw new TrustException(TrustError.RoleNotListed, $"{Role} {Metadata.Signed.Version} does not delegate to {role}.") { Role = role.Value };
        var delegated = delegations.Roles.FirstOrDefault(listed => listed.Name == role);
        return new Delegator(role, $"{Role} {Metadata.Signed.Version}", delegations.Keys, roleKeys, delegated is null ? null : PatternsOf(delegated));
    }
}
