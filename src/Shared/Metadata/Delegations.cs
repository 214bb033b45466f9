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

    /// <summary>The characters of all patterns and prefixes: what a search compares a path with at the most.</summary>
    public long PatternLength => Roles.Sum(role => (role.Paths ?? role.PathHashPrefixes ?? []).Sum(pattern => (long)pattern.Length));

    /// <summary>The keys by which this delegates to a role, or null if it does not.</summary>
    public RoleKeys? KeysOf(RoleName role) =>
        Succinct is { } bins
            ? bins.IsBin(role) ? bins.RoleKeys : null
            : Roles.FirstOrDefault(delegated => delegated.Name == role)?.RoleKeys;

    /// <summary>The delegated roles among <paramref name="listed"/>: in the order of the delegations, or of the hash bins as given.</summary>
    /// <remarks>There may be 2^32 hash bins, so what exists is asked rather than what could exist.</remarks>
    public IEnumerable<RoleName> DelegatedAmong(IReadOnlyCollection<RoleName> listed)
    {
        if (Succinct is { } bins)
            return listed.Where(bins.IsBin);
        var known = listed as IReadOnlySet<RoleName> ?? listed.ToHashSet();
        return Roles.Select(role => role.Name).Where(known.Contains);
    }
}
