using System.Collections.Immutable;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService;

/// <summary>A role in which images can be signed: the top-level targets, or one that it delegates to.</summary>
public sealed class SigningRole
{
    private readonly string delegator;
    private readonly IReadOnlyDictionary<KeyId, PublicKey> keys;
    private readonly RoleKeys roleKeys;
    private readonly Func<string, bool> maySpeakFor;

    private SigningRole(RoleName name, string delegator, IReadOnlyDictionary<KeyId, PublicKey> keys, RoleKeys roleKeys, Func<string, bool> maySpeakFor) =>
        (Name, this.delegator, this.keys, this.roleKeys, this.maySpeakFor) = (name, delegator, keys, roleKeys, maySpeakFor);

    /// <summary>The role's name.</summary>
    public RoleName Name { get; }

    /// <summary>The keys that may sign it.</summary>
    public ImmutableArray<PublicKey> Keys => [.. roleKeys.KeyIds.Where(keys.ContainsKey).Select(id => keys[id])];

    /// <summary>How many of them must.</summary>
    public int Threshold => roleKeys.Threshold;

    /// <summary>A top-level role, as root has it.</summary>
    public static SigningRole Of(TrustedRoot root, RoleName name) =>
        new(name, $"root {root.Version}", root.Metadata.Signed.Keys, root.Metadata.Signed.Roles[name], _ => true);

    /// <summary>The roles to which targets delegates directly, in its order; hash bins are not among them.</summary>
    public static ImmutableArray<SigningRole> DelegatedBy(TrustedTargets targets)
    {
        if (targets.Metadata.Signed.Delegations is not { } delegations)
            return [];
        var matches = targets.Snapshot.Root.Format.Rules.PathMatches;
        return
        [
            .. delegations.Roles.Where(role => targets.DelegatesTo(role.Name)).Select(role => new SigningRole(
                role.Name, $"{targets.Role} {targets.Metadata.Signed.Version}", delegations.Keys, role.RoleKeys, path => role.Paths?.Any(pattern => matches(pattern, path)) == true)),
        ];
    }

    /// <summary>The role of that name, or null if there is none.</summary>
    public static SigningRole? Find(TrustedTargets targets, RoleName name) =>
        name == targets.Role ? Of(targets.Snapshot.Root, name) : DelegatedBy(targets).FirstOrDefault(role => role.Name == name);

    /// <summary>True if what the role says of a target path counts.</summary>
    public bool MaySpeakFor(string targetPath) => maySpeakFor(targetPath);

    internal ThresholdResult RequireSigned<TRole>(SignedMetadata<TRole> signed)
        where TRole : class, IRole => SignatureThreshold.Require(signed, Name, delegator, keys, roleKeys);
}
