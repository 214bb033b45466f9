using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>The keys that a role is given, and how many of them must sign.</summary>
/// <param name="Keys">The keys, described by the repository's format.</param>
/// <param name="Threshold">1 or more, at most the number of keys.</param>
public sealed record RoleAssignment(ImmutableArray<PublicKey> Keys, int Threshold = 1)
{
    /// <summary>The role's entry in the delegating file.</summary>
    public RoleKeys ToRoleKeys() => new() { KeyIds = [.. Keys.Select(key => key.Id).Distinct()], Threshold = Threshold };
}
