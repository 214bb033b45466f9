using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>The last link: targets, or a delegated role, that are trusted. Only they can accept the roles that they delegate to.</summary>
public sealed class TrustedTargets
{
    internal TrustedTargets(TrustedSnapshot snapshot, RoleName role, SignedMetadata<Targets> metadata, ThresholdResult signers)
    {
        Snapshot = snapshot;
        Role = role;
        Metadata = metadata;
        Signers = signers;
    }

    /// <summary>The snapshot that names it.</summary>
    public TrustedSnapshot Snapshot { get; }

    /// <summary>The role's name.</summary>
    public RoleName Role { get; }

    /// <summary>The targets.</summary>
    public SignedMetadata<Targets> Metadata { get; }

    /// <summary>Who signed it.</summary>
    public ThresholdResult Signers { get; }

    /// <summary>Accepts a role that this one delegates to, by the same rules as the top-level targets.</summary>
    /// <remarks>Source: TUF 1.0.34 §5.6.6.</remarks>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public TrustedTargets AcceptDelegated(RoleName role, ReadOnlyMemory<byte> file, DateTimeOffset referenceTime) =>
        AcceptDelegated(role, file, null, referenceTime);

    /// <summary>Accepts a role whose file was read already; every check is the same.</summary>
    internal TrustedTargets AcceptDelegated(RoleName role, SignedMetadata<Targets> read, DateTimeOffset referenceTime) =>
        AcceptDelegated(role, read.File, read, referenceTime);

    private TrustedTargets AcceptDelegated(RoleName role, ReadOnlyMemory<byte> file, SignedMetadata<Targets>? read, DateTimeOffset referenceTime)
    {
        if (Metadata.Signed.Delegations is not { } delegations || delegations.KeysOf(role) is not { } roleKeys)
            throw new TrustException(TrustError.RoleNotListed, $"{Role} {Metadata.Signed.Version} does not delegate to {role}.") { Role = role.Value };
        return Snapshot.Accept(role, file, read, referenceTime, $"{Role} {Metadata.Signed.Version}", delegations.Keys, roleKeys);
    }
}
