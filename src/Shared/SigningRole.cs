using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService;

/// <summary>A role in which images can be signed: the top-level targets, or one that it delegates to.</summary>
public sealed class SigningRole
{
    private readonly string delegator;
    private readonly IReadOnlyDictionary<KeyId, PublicKey> keys;
    private readonly RoleKeys roleKeys;
    private readonly IReadOnlyDictionary<KeyId, string> names;
    private readonly Func<string, bool> maySpeakFor;

    private SigningRole(RoleName name, string delegator, IReadOnlyDictionary<KeyId, PublicKey> keys, RoleKeys roleKeys, IReadOnlyDictionary<KeyId, string> names, Func<string, bool> maySpeakFor) =>
        (Name, this.delegator, this.keys, this.roleKeys, this.names, this.maySpeakFor) = (name, delegator, keys, roleKeys, names, maySpeakFor);

    /// <summary>The role's name.</summary>
    public RoleName Name { get; }

    /// <summary>How targets delegates to it; null for a top-level role.</summary>
    public DelegatedRole? Delegation { get; private init; }

    /// <summary>The keys that may sign it.</summary>
    public ImmutableArray<PublicKey> Keys => [.. roleKeys.KeyIds.Where(keys.ContainsKey).Select(id => keys[id])];

    /// <summary>How many of them must.</summary>
    public int Threshold => roleKeys.Threshold;

    /// <summary>A top-level role, as root has it.</summary>
    public static SigningRole Of(TrustedRoot root, RoleName name) =>
        new(name, $"root {root.Version}", root.Metadata.Signed.Keys, root.Metadata.Signed.Roles[name], root.Metadata.Signed.KeyNames, _ => true);

    /// <summary>The role targets as those sign it who sign images: its hash bins, which are many files, have keys of their own.</summary>
    public static SigningRole OfImages(TrustedTargets targets) =>
        targets.Bins is { } bins ? OfBins(targets, targets.Metadata.Signed, bins, targets.Role, _ => true) : Of(targets.Snapshot.Root, targets.Role);

    /// <summary>The roles to which targets delegates directly, in its order; hash bins are not among them.</summary>
    public static ImmutableArray<SigningRole> DelegatedBy(TrustedTargets targets) => DelegatedBy(targets, targets.Metadata.Signed);

    /// <summary>The roles to which a version of targets that is about to be published delegates directly.</summary>
    /// <param name="targets">The current targets.</param>
    /// <param name="version">The version whose delegations count.</param>
    public static ImmutableArray<SigningRole> DelegatedBy(TrustedTargets targets, Targets version)
    {
        if (version.Delegations is not { } delegations)
            return [];
        var rules = targets.Snapshot.Root.Format.Rules;
        var names = NamesIn(version, delegations, rules.Signers);
        return
        [
            .. delegations.Roles.Where(role => rules.MayDelegate(targets.Role, role.Name)).Select(role => new SigningRole(
                role.Name, $"{targets.Role} {version.Version}", delegations.Keys, role.RoleKeys, names, path => role.Paths?.Any(pattern => rules.PathMatches(pattern, path)) == true)
            {
                Delegation = role,
            }),
        ];
    }

    /// <summary>The role of that name, or null if there is none.</summary>
    public static SigningRole? Find(TrustedTargets targets, RoleName name) => Find(targets, targets.Metadata.Signed, name);

    /// <summary>The role of that name by a version of targets that is about to be published, or null if there is none.</summary>
    /// <param name="targets">The current targets.</param>
    /// <param name="version">The version whose delegations count.</param>
    /// <param name="name">The role.</param>
    public static SigningRole? Find(TrustedTargets targets, Targets version, RoleName name) =>
        name == targets.Role ? Of(targets.Snapshot.Root, name)
        : version.Delegations?.Succinct is not { } bins ? DelegatedBy(targets, version).FirstOrDefault(role => role.Name == name)
        : bins.IsBin(name) ? OfBins(targets, version, bins, name, path => bins.BinOf(path) == name) : null;

    /// <summary>What people call the holder of a key, or null.</summary>
    public string? NameOf(KeyId key) => names.GetValueOrDefault(key);

    /// <summary>A key as messages name it: by its holder where that is known, and by its id.</summary>
    public string Show(KeyId key) => names.TryGetValue(key, out var name) ? $"{name} ({key.Short})" : key.Short;

    /// <summary>All keys as messages name them.</summary>
    public string ShowKeys() => string.Join(", ", Keys.Select(key => (IsOneTime(key.Id) ? "one-time " : "") + Show(key.Id)));

    /// <summary>The keys that somebody can be asked to sign with, as messages name them; those that were thrown away are counted.</summary>
    public string ShowHolders()
    {
        var held = Keys.Where(key => !IsOneTime(key.Id)).Select(key => Show(key.Id)).ToList();
        return (string.Join(", ", held), Keys.Length - held.Count) switch
        {
            (var all, 0) => all,
            (var all, var oneTime) => FormattableString.Invariant($"{(all.Length == 0 ? "nobody" : all)} (and {oneTime} one-time)"),
        };
    }

    /// <summary>True for a key that signed once and was thrown away: nobody can be asked for its signature.</summary>
    public bool IsOneTime(KeyId key) => Delegation?.OneTimeKeys.Contains(key) == true;

    /// <summary>True if what the role says of a target path counts.</summary>
    public bool MaySpeakFor(string targetPath) => maySpeakFor(targetPath);

    /// <summary>Who may sign the role, as the delegating file lists them.</summary>
    public SignerList Signers => new(delegator, keys, roleKeys);

    /// <summary>Counts who signed a version of the role.</summary>
    public ThresholdResult Count(SignedMetadata<Targets> signed) => SignatureThreshold.Count(signed, keys, roleKeys);

    private static IReadOnlyDictionary<KeyId, string> NamesIn(Targets version, Delegations delegations, SignerRules rules)
    {
        if (rules.NamesKeys)
            return version.KeyNames;
        var names = new Dictionary<KeyId, string>();
        foreach (var role in delegations.Roles.Where(role => role.Name != rules.SharedRole))
        {
            foreach (var id in role.RoleKeys.KeyIds)
                names.TryAdd(id, rules.NameOf(role.Name));
        }
        return names;
    }

    private static SigningRole OfBins(TrustedTargets targets, Targets version, SuccinctRoles bins, RoleName name, Func<string, bool> maySpeakFor) =>
        new(name, $"{targets.Role} {version.Version}", version.Delegations!.Keys, bins.RoleKeys, version.KeyNames, maySpeakFor);

    internal ThresholdResult RequireSigned<TRole>(SignedMetadata<TRole> signed)
        where TRole : class, IRole => SignatureThreshold.Require(signed, Name, delegator, keys, roleKeys);
}
