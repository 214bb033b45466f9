using System.Collections.Immutable;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService;

/// <summary>The private keys with which a role is to be signed.</summary>
/// <param name="Role">The role: targets, one that it delegates to, or snapshot where its key is the owner's.</param>
/// <param name="Keys">At least as many as the role needs.</param>
public sealed record RoleSigners(RoleName Role, ImmutableArray<ISigningKey> Keys);
