using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>A role that a search needs next.</summary>
/// <param name="Delegator">The role that delegates to it; it alone can accept it.</param>
/// <param name="Role">The role's name.</param>
public sealed record DelegationStep(TrustedTargets Delegator, RoleName Role);
