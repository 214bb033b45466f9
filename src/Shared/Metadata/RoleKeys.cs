using System.Collections.Immutable;
using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>The keys of one role and how many of them must sign. Source: TUF 1.0.34 §4.3.</summary>
public sealed record RoleKeys
{
    /// <summary>Signatures that a role may ask for at the most.</summary>
    public const int MaxThreshold = 4096;

    /// <summary>The ids of the role's keys, as listed.</summary>
    public required ImmutableArray<KeyId> KeyIds { get; init; }

    /// <summary>How many different keys must sign, 1 or more.</summary>
    public required int Threshold { get; init; }

    /// <summary>Unknown members of a top-level role's object.</summary>
    public UnrecognizedMembers Unrecognized { get; init; } = UnrecognizedMembers.None;
}
