using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService;

/// <summary>The current targets, and what was asked for of the roles that it delegates to.</summary>
/// <param name="Targets">The top-level targets.</param>
/// <param name="Delegated">The delegated roles that were read; one without a file, or with one that does not verify, has the refusal.</param>
public sealed record CurrentRoles(TrustedTargets Targets, ImmutableArray<RoleReading> Delegated)
{
    /// <summary>The trusted file of a role; null if nothing was published for it yet.</summary>
    /// <exception cref="TrustException">The role's file does not verify.</exception>
    public TrustedTargets? Find(RoleName role)
    {
        if (role == Targets.Role)
            return Targets;
        var reading = Delegated.Single(read => read.Role == role);
        return reading.Refusal is null or { Error: TrustError.RoleNotListed } ? reading.Trusted : throw reading.Refusal;
    }
}
