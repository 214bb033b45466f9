using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>Versions of root.</summary>
public static class RootEditor
{
    /// <summary>The first root of a repository.</summary>
    /// <param name="roles">The keys and the threshold of root, timestamp, snapshot and targets.</param>
    /// <param name="expires">The expiry, UTC.</param>
    public static Root First(IReadOnlyDictionary<RoleName, RoleAssignment> roles, DateTimeOffset expires) => new()
    {
        Version = 1,
        Expires = expires,
        ConsistentSnapshot = true,
        Keys = KeysOf(roles.Values),
        Roles = roles.ToDictionary(entry => entry.Key, entry => entry.Value.ToRoleKeys()).AsReadOnly(),
    };

    /// <summary>The root after <paramref name="current"/>, with other keys for the named roles; the other roles keep theirs.</summary>
    public static Root Next(Root current, IReadOnlyDictionary<RoleName, RoleAssignment> changed, DateTimeOffset expires)
    {
        var roles = new Dictionary<RoleName, RoleKeys>(current.Roles);
        foreach (var (name, assignment) in changed)
            roles[name] = assignment.ToRoleKeys();
        var candidates = new Dictionary<KeyId, PublicKey>(current.Keys);
        foreach (var (id, key) in KeysOf(changed.Values))
            candidates[id] = key;
        // A key that no role lists any more has no place in the file.
        var used = roles.Values.SelectMany(role => role.KeyIds).ToHashSet();
        return current with
        {
            Version = current.Version + 1,
            Expires = expires,
            Keys = candidates.Where(entry => used.Contains(entry.Key)).ToDictionary().AsReadOnly(),
            Roles = roles.AsReadOnly(),
        };
    }

    private static System.Collections.ObjectModel.ReadOnlyDictionary<KeyId, PublicKey> KeysOf(IEnumerable<RoleAssignment> assignments)
    {
        var keys = new Dictionary<KeyId, PublicKey>();
        foreach (var key in assignments.SelectMany(assignment => assignment.Keys))
            keys[key.Id] = key;
        return keys.AsReadOnly();
    }
}
