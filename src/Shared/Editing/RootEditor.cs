using TrustService.Errors;
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
    public static Root Next(Root current, IReadOnlyDictionary<RoleName, RoleAssignment> changed, DateTimeOffset expires) =>
        Next(current, changed.Aggregate(new RootChange(expires), (change, entry) => change.Assign(entry.Key, entry.Value)));

    /// <summary>The root after <paramref name="current"/>; what the change does not touch stays, unknown members included.</summary>
    /// <param name="current">The trusted root.</param>
    /// <param name="change">What to change.</param>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> or <see cref="TrustError.AlreadyExists"/> if the change does not fit this root.</exception>
    public static Root Next(Root current, RootChange change)
    {
        var roles = new Dictionary<RoleName, RoleKeys>(current.Roles);
        foreach (var (name, keys) in change.Roles)
            roles[name] = keys.ApplyTo(name, current);
        var candidates = new Dictionary<KeyId, PublicKey>(current.Keys);
        foreach (var key in change.Roles.Values.SelectMany(keys => keys.Add.AddRange(keys.Instead ?? [])))
            candidates[key.Id] = key;
        var names = new Dictionary<KeyId, string>(current.KeyNames);
        foreach (var (id, name) in change.Names)
            names[id] = name;
        // A key that no role lists any more has no place in the file, nor has the name of its holder.
        var used = roles.Values.SelectMany(role => role.KeyIds).ToHashSet();
        return current with
        {
            SpecVersion = null,
            Version = current.Version + 1,
            Expires = change.Expires,
            Keys = candidates.Where(entry => used.Contains(entry.Key)).ToDictionary().AsReadOnly(),
            Roles = roles.AsReadOnly(),
            KeyNames = names.Where(entry => used.Contains(entry.Key)).ToDictionary().AsReadOnly(),
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
