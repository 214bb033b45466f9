using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>Something about a repository that is not as it should be.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Role">The role that it is about.</param>
/// <param name="Text">In a sentence.</param>
internal sealed record Finding(FindingKind Kind, RoleName Role, string Text);
