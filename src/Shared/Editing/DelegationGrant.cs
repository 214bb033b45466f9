using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>Keys, a threshold and paths for one delegated role, which is made if it is not there.</summary>
/// <param name="Role">The role.</param>
/// <param name="Keys">The keys to add, as the format describes them; those that it has stay.</param>
public sealed record DelegationGrant(RoleName Role, ImmutableArray<PublicKey> Keys)
{
    /// <summary>How many keys must sign; null keeps what is asked for, or asks a new role for one.</summary>
    public int? Threshold { get; init; }

    /// <summary>True if a threshold that is higher already stays.</summary>
    public bool RaisesOnly { get; init; }

    /// <summary>The path patterns, in place of those that it has; null keeps them.</summary>
    public ImmutableArray<string>? Paths { get; init; }

    /// <summary>The path patterns of a new role, if <see cref="Paths"/> is null.</summary>
    public ImmutableArray<string> PathsOfNew { get; init; } = [];

    /// <summary>True or false to say whether a search ends with the role; null keeps what is said.</summary>
    public bool? Terminating { get; init; }

    /// <summary>Keys that sign the role's next version and are then thrown away.</summary>
    public ImmutableArray<PublicKey> OneTimeKeys { get; init; } = [];
}
