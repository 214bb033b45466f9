using System.Collections.Immutable;
using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>The roles to which a targets role delegates, in order of priority. Source: TUF 1.0.34 §4.5.</summary>
public sealed record Delegations
{
    /// <summary>The keys of the delegated roles by their id.</summary>
    public required IReadOnlyDictionary<KeyId, PublicKey> Keys { get; init; }

    /// <summary>The delegated roles; names are unique here. Empty if <see cref="Succinct"/> is used.</summary>
    public required ImmutableArray<DelegatedRole> Roles { get; init; }

    /// <summary>Hash bins that share their keys (TAP 15), or null.</summary>
    public SuccinctRoles? Succinct { get; init; }

    /// <summary>Unknown members.</summary>
    public UnrecognizedMembers Unrecognized { get; init; } = UnrecognizedMembers.None;

    /// <summary>The names of all delegated roles, in listed order; those of hash bins are made as they are asked for.</summary>
    public IEnumerable<RoleName> AllRoleNames()
    {
        foreach (var role in Roles)
            yield return role.Name;
        for (ulong bin = 0; Succinct is not null && bin < 1UL << Succinct.BitLength; bin++)
            yield return Succinct.NameOf((uint)bin);
    }
}
