using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>A target and the role that speaks for it.</summary>
/// <param name="Path">The target path.</param>
/// <param name="Target">Length and hashes.</param>
/// <param name="Role">The trusted role that lists it.</param>
public sealed record FoundTarget(string Path, TargetFile Target, TrustedTargets Role);
