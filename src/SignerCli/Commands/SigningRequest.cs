using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>How something is to be signed.</summary>
/// <param name="Keys">What the caller calls the keys; empty to look for them.</param>
/// <param name="Roles">The roles that sign; empty to choose them by keys.</param>
/// <param name="Lifetime">How long the new versions are valid.</param>
/// <param name="IsConfirmed">True to ask nothing.</param>
internal sealed record SigningRequest(IReadOnlyList<string> Keys, ImmutableArray<RoleName> Roles, TimeSpan Lifetime, bool IsConfirmed);
