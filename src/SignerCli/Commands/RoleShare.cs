using System.Collections.Immutable;
using TrustService.Keys;

namespace TrustService.Cli.Commands;

/// <summary>A role that is to sign, with its share of the work.</summary>
/// <param name="Role">The role, with the keys that it has once the change is made.</param>
internal sealed record RoleShare(SigningRole Role)
{
    /// <summary>The target paths that it signs; null for all that it may speak for.</summary>
    public ImmutableSortedSet<string>? Paths { get; init; }

    /// <summary>True to sign a new version even if nothing in it changes.</summary>
    public bool IsRenewed { get; init; }

    /// <summary>Keys made for this version alone, which sign it in place of the user's; the maker closes them.</summary>
    public ImmutableArray<ISigningKey> OneTimeKeys { get; init; } = [];
}
