using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>One delegation that a search came past.</summary>
/// <param name="Delegator">The delegating role.</param>
/// <param name="Role">The role that it delegates to.</param>
/// <param name="Verdict">What the search made of it.</param>
public sealed record DelegationDecision(TrustedTargets Delegator, RoleName Role, DelegationVerdict Verdict);
