using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary>A target that some role lists and verifiers refuse, because the search for it comes to a role that does not verify.</summary>
/// <param name="Path">The target.</param>
/// <param name="Refusal">Why it is refused.</param>
internal sealed record RefusedTarget(string Path, TrustException Refusal);
