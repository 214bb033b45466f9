using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService;

/// <summary>A next version of a targets role that too few keys have signed so far.</summary>
/// <param name="Role">The role.</param>
/// <param name="File">The file with the signatures that it has.</param>
/// <param name="Signers">Who signed, and who could.</param>
public sealed record PendingTargets(RoleName Role, SignedMetadata<Targets> File, ThresholdResult Signers);
