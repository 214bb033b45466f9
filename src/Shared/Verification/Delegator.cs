using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>By what a role is trusted: root for the top-level targets, another targets role for a delegated one.</summary>
/// <param name="Role">The role.</param>
/// <param name="Name">Who delegates to it, for messages: <c>root 3</c>.</param>
/// <param name="Keys">The keys that the delegating file lists.</param>
/// <param name="RoleKeys">Which of them belong to the role, and how many must sign.</param>
/// <param name="Paths">The path patterns that count for the role, or null if it is not bound by patterns.</param>
internal sealed record Delegator(RoleName Role, string Name, IReadOnlyDictionary<KeyId, PublicKey> Keys, RoleKeys RoleKeys, ImmutableArray<string>? Paths);
