using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>What to change in a root. It is made step by step, and can be applied again to a newer version.</summary>
/// <param name="Expires">The expiry of the next root, UTC.</param>
public sealed record RootChange(DateTimeOffset Expires)
{
    /// <summary>The roles whose keys change.</summary>
    public ImmutableDictionary<RoleName, RoleKeysChange> Roles { get; init; } = ImmutableDictionary<RoleName, RoleKeysChange>.Empty;

    /// <summary>Names to give to key holders, by key id; those that the root has already stay.</summary>
    public ImmutableDictionary<KeyId, string> Names { get; init; } = ImmutableDictionary<KeyId, string>.Empty;

    /// <summary>Gives a role other keys and another threshold in place of what it has.</summary>
    public RootChange Assign(RoleName role, RoleAssignment assignment) =>
        With(role, _ => new RoleKeysChange { Instead = assignment.Keys, Threshold = assignment.Threshold });

    /// <summary>Adds a key to a role.</summary>
    /// <param name="role">The role.</param>
    /// <param name="key">The key, as the format describes it.</param>
    /// <param name="name">What people call its holder, or null.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if the name cannot be one.</exception>
    public RootChange Add(RoleName role, PublicKey key, string? name) =>
        With(role, change => change with { Add = change.Add.Add(key) }).Name(key.Id, name);

    /// <summary>Takes a key away from a role.</summary>
    public RootChange Remove(RoleName role, KeyId key) => With(role, change => change with { Remove = change.Remove.Add(key) });

    /// <summary>Puts a key of a role in the place of another.</summary>
    /// <param name="role">The role.</param>
    /// <param name="former">The key that goes.</param>
    /// <param name="key">The key that comes.</param>
    /// <param name="name">What people call its holder, or null.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if the name cannot be one.</exception>
    public RootChange Replace(RoleName role, KeyId former, PublicKey key, string? name) => Remove(role, former).Add(role, key, name);

    /// <summary>Changes how many keys of a role must sign.</summary>
    public RootChange WithThreshold(RoleName role, int threshold) => With(role, change => change with { Threshold = threshold });

    /// <summary>Names the holder of a key; null leaves it as it is.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if the name cannot be one.</exception>
    public RootChange Name(KeyId key, string? name) => name is null ? this : this with { Names = Names.SetItem(key, KeyNames.Require(name)) };

    private RootChange With(RoleName role, Func<RoleKeysChange, RoleKeysChange> change) =>
        this with { Roles = Roles.SetItem(role, change(Roles.TryGetValue(role, out var known) ? known : new RoleKeysChange())) };
}
