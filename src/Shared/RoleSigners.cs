using System.Collections.Immutable;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService;

/// <summary>The private keys with which a role is to be signed.</summary>
/// <param name="Role">The role: targets, one that it delegates to, or snapshot where its key is the owner's.</param>
/// <param name="Keys">As many as the role needs, unless it may be signed in part.</param>
public sealed record RoleSigners(RoleName Role, ImmutableArray<ISigningKey> Keys)
{
    /// <summary>The target paths that are this role's share of a change; null for all that it may speak for.</summary>
    public ImmutableSortedSet<string>? Paths { get; init; }

    /// <summary>True to sign a new version even if nothing in the role changes: to renew it, or to have other keys vouch for it.</summary>
    public bool IsRenewed { get; init; }
}
