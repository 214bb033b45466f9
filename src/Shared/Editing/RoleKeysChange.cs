using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>What to change in the keys of one top-level role.</summary>
public sealed record RoleKeysChange
{
    /// <summary>All keys that the role is to have, in place of what it has; null to start from what it has.</summary>
    public ImmutableArray<PublicKey>? Instead { get; init; }

    /// <summary>Keys to take away.</summary>
    public ImmutableArray<KeyId> Remove { get; init; } = [];

    /// <summary>Keys to add, behind the others.</summary>
    public ImmutableArray<PublicKey> Add { get; init; } = [];

    /// <summary>How many keys must sign; null keeps what is asked for now.</summary>
    public int? Threshold { get; init; }

    /// <summary>The role's entry afterwards.</summary>
    /// <param name="role">The role, for messages.</param>
    /// <param name="current">The root as it is.</param>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.KeyNotFound"/> if a key to take away is none of the role's; <see cref="TrustError.AlreadyExists"/> if
    /// a key to add is one of the role's, under whatever id.
    /// </exception>
    internal RoleKeys ApplyTo(RoleName role, Root current)
    {
        var before = current.Roles.TryGetValue(role, out var found) ? found : new RoleKeys { KeyIds = [], Threshold = 1 };
        foreach (var id in Remove.Where(id => !before.KeyIds.Contains(id)))
            throw new TrustException(TrustError.KeyNotFound, $"Key {id.Short} is none of the {role} keys of root {current.Version}; these are {string.Join(", ", before.KeyIds.Select(key => key.Short))}.") { Role = role.Value };
        var ids = (Instead is { } instead ? instead.Select(key => key.Id) : before.KeyIds).Except(Remove).ToList();
        var kept = ids.Select(id => Instead?.FirstOrDefault(key => key.Id == id) ?? current.Keys.GetValueOrDefault(id)).OfType<PublicKey>().Select(key => key.Fingerprint).ToHashSet(StringComparer.Ordinal);
        foreach (var key in Add)
        {
            // One key under two ids would look like two holders, and count as one.
            if (!kept.Add(key.Fingerprint))
                throw new TrustException(TrustError.AlreadyExists, $"Key {key.Id.Short} is a {role} key already; each holder needs a key of their own.") { Role = role.Value };
            ids.Add(key.Id);
        }
        return before with { KeyIds = [.. ids.Distinct()], Threshold = Threshold ?? before.Threshold };
    }
}
