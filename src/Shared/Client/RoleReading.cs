using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>What reading one targets role came to.</summary>
/// <param name="Role">The role.</param>
/// <param name="Delegator">The role that delegates to it; null for the top-level targets.</param>
/// <param name="Trusted">The role, or null if it is left out.</param>
/// <param name="Refusal">Why it is left out, or null; <see cref="TrustError.RoleNotListed"/> if nothing was ever published for it.</param>
public sealed record RoleReading(RoleName Role, TrustedTargets? Delegator, TrustedTargets? Trusted, TrustException? Refusal);
