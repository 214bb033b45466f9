using System.Collections.Immutable;
using TrustService.Cli.KeyStores;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Who holds the keys of a role: by the name that the signed metadata gives, else by the key of this machine that it is, else by its id.</summary>
/// <param name="local">The keys of this machine.</param>
internal sealed class RoleHolders(IReadOnlyList<KeyEntry> local)
{
    /// <summary>The keys of a role that root lists.</summary>
    public RoleHolding OfRoot(Root root, RoleName role) => Of(root.Roles[role], root.Keys, root.KeyNames);

    /// <summary>The keys of a role that another one delegates to.</summary>
    /// <param name="delegator">The delegating role.</param>
    /// <param name="role">The role.</param>
    /// <param name="signer">What people call the role; the holder of its only key is called so too, where the metadata has no names.</param>
    public RoleHolding OfDelegated(TrustedTargets delegator, RoleName role, string? signer)
    {
        var delegations = delegator.Metadata.Signed.Delegations!;
        var unused = delegations.Roles.FirstOrDefault(delegated => delegated.Name == role)?.OneTimeKeys ?? [];
        var keys = delegations.KeysOf(role)!;
        var names = delegator.Metadata.Signed.KeyNames;
        var holding = Of(keys with { KeyIds = [.. keys.KeyIds.Except(unused)] }, delegations.Keys, names);
        return signer is not null && holding is { IsKnown: false, Keys: [var only] } ? holding with { Names = [$"{signer} ({only.Id.Short})"] } : holding;
    }

    /// <summary>The key of this machine that a listed key is, or null.</summary>
    public KeyEntry? Find(PublicKey key) => local.FirstOrDefault(entry => entry.IsSame(key));

    private RoleHolding Of(RoleKeys role, IReadOnlyDictionary<KeyId, PublicKey> keys, IReadOnlyDictionary<KeyId, string> names)
    {
        ImmutableArray<PublicKey> usable = [.. role.KeyIds.Where(keys.ContainsKey).Select(id => keys[id]).Where(key => key.IsUsable).DistinctBy(key => key.Fingerprint)];
        return new RoleHolding(role.Threshold, usable, [.. usable.Select(key => Name(key, names))], usable.Any(key => names.ContainsKey(key.Id) || Find(key) is not null));
    }

    private string Name(PublicKey key, IReadOnlyDictionary<KeyId, string> names) =>
        names.TryGetValue(key.Id, out var name) ? $"{name} ({key.Id.Short})"
        : Find(key) is { Label: { } label } ? $"{label} ({key.Id.Short}, here)"
        : Find(key) is not null ? $"{key.Id.Short} (here)"
        : key.Id.Short;
}
