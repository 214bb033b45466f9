using System.Collections.Immutable;
using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>One delegation: a role, its keys, and the target paths it may speak for. Source: TUF 1.0.34 §4.5.</summary>
public sealed record DelegatedRole
{
    /// <summary>The role's name.</summary>
    public required RoleName Name { get; init; }

    /// <summary>Its keys and threshold.</summary>
    public required RoleKeys RoleKeys { get; init; }

    /// <summary>Path patterns, or null if it goes by hash prefix.</summary>
    public ImmutableArray<string>? Paths { get; init; }

    /// <summary>Hex prefixes of the SHA-256 of the target path, or null if it goes by pattern.</summary>
    public ImmutableArray<string>? PathHashPrefixes { get; init; }

    /// <summary>True if nothing after this delegation is looked at for a path that it matches.</summary>
    public bool Terminating { get; init; }

    /// <summary>
    /// Those of the keys that nobody has any more: they signed one version for the delegator and were thrown away. Nothing is
    /// decided by this; it tells people which of the role's keys are held by somebody.
    /// </summary>
    public ImmutableArray<KeyId> OneTimeKeys { get; init; } = [];

    /// <summary>Unknown members.</summary>
    public UnrecognizedMembers Unrecognized { get; init; } = UnrecognizedMembers.None;
}
