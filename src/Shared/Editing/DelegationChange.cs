using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>What to change in the delegations of a targets role; it can be applied again to a newer version.</summary>
/// <remarks>Roles are removed first, then keys are taken away, then granted: whoever is replaced is never missing in between.</remarks>
public sealed record DelegationChange
{
    /// <summary>Roles to remove altogether; an absent one is no error.</summary>
    public ImmutableArray<RoleName> Remove { get; init; } = [];

    /// <summary>Keys to take away from roles.</summary>
    public ImmutableArray<DelegationWithdrawal> Withdraw { get; init; } = [];

    /// <summary>Roles to make, and keys to add to them.</summary>
    public ImmutableArray<DelegationGrant> Grant { get; init; } = [];

    /// <summary>Names to give to key holders, by key id; those of other keys stay.</summary>
    public ImmutableDictionary<KeyId, string> Names { get; init; } = ImmutableDictionary<KeyId, string>.Empty;

    /// <summary>True if applying it to <paramref name="current"/> would change nothing.</summary>
    /// <exception cref="TrustException">As <see cref="ApplyTo"/>.</exception>
    public bool IsNoChangeTo(Targets current)
    {
        var next = ApplyTo(current);
        return IsSame(current.Delegations, next.Delegations) && next.KeyNames.Count == current.KeyNames.Count && next.KeyNames.All(entry => current.KeyNames.TryGetValue(entry.Key, out var name) && name == entry.Value);
    }

    /// <summary>The targets with the delegations afterwards; nothing else is changed, not even the version.</summary>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.ThresholdUnreachable"/> if a role that is touched would have fewer keys than it needs;
    /// <see cref="TrustError.Usage"/> if the targets delegate to hash bins, beside which there are no other roles.
    /// </exception>
    public Targets ApplyTo(Targets current)
    {
        if (current.Delegations?.Succinct is { } bins)
        {
            throw new TrustException(TrustError.Usage, $"The targets are divided among hash bins ({bins.NamePrefix}-…), beside which no signers can be named.")
            {
                Hint = "The keys of the bins sign every image; change those, or begin another repository without bins.",
            };
        }
        var keys = new Dictionary<KeyId, PublicKey>(current.Delegations?.Keys ?? new Dictionary<KeyId, PublicKey>());
        var roles = (current.Delegations?.Roles ?? []).Where(role => !Remove.Contains(role.Name)).ToList();
        foreach (var withdrawal in Withdraw)
            Change(roles, withdrawal.Role, role => Without(role, withdrawal, keys));
        foreach (var grant in Grant)
        {
            if (!roles.Any(role => role.Name == grant.Role))
                roles.Add(new DelegatedRole { Name = grant.Role, RoleKeys = new RoleKeys { KeyIds = [], Threshold = 1 }, Paths = grant.PathsOfNew });
            Change(roles, grant.Role, role => With(role, grant, keys));
        }
        foreach (var role in roles.Where(role => Withdraw.Any(change => change.Role == role.Name) || Grant.Any(change => change.Role == role.Name)))
            RequireReachable(role, keys);
        var used = roles.SelectMany(role => role.RoleKeys.KeyIds).ToHashSet();
        var names = new Dictionary<KeyId, string>(current.KeyNames);
        foreach (var (id, name) in Names)
            names[id] = name;
        return current with
        {
            Delegations = new Delegations
            {
                Keys = keys.Where(entry => used.Contains(entry.Key)).ToDictionary().AsReadOnly(),
                Roles = [.. roles],
                Unrecognized = current.Delegations?.Unrecognized ?? Json.UnrecognizedMembers.None,
            },
            KeyNames = names.Where(entry => used.Contains(entry.Key)).ToDictionary().AsReadOnly(),
        };
    }

    private static void Change(List<DelegatedRole> roles, RoleName name, Func<DelegatedRole, DelegatedRole> change)
    {
        if (roles.FindIndex(role => role.Name == name) is var at and >= 0)
            roles[at] = change(roles[at]);
    }

    private static DelegatedRole Without(DelegatedRole role, DelegationWithdrawal withdrawal, Dictionary<KeyId, PublicKey> keys)
    {
        var kept = role.RoleKeys.KeyIds.Where(id => !keys.TryGetValue(id, out var key) || !withdrawal.Fingerprints.Contains(key.Fingerprint));
        return Listing(role, [.. kept], withdrawal.Threshold ?? role.RoleKeys.Threshold);
    }

    private static DelegatedRole With(DelegatedRole role, DelegationGrant grant, Dictionary<KeyId, PublicKey> keys)
    {
        var known = role.RoleKeys.KeyIds.Select(id => keys.GetValueOrDefault(id)?.Fingerprint).ToHashSet(StringComparer.Ordinal);
        // One key under two ids would look like two holders, and count as one.
        var added = grant.Keys.Concat(grant.OneTimeKeys).Where(key => known.Add(key.Fingerprint)).ToList();
        foreach (var key in added)
            keys[key.Id] = key;
        var asked = grant.Threshold ?? role.RoleKeys.Threshold;
        var next = Listing(role, [.. role.RoleKeys.KeyIds, .. added.Select(key => key.Id)], grant.RaisesOnly ? Math.Max(asked, role.RoleKeys.Threshold) : asked);
        return next with
        {
            Paths = grant.Paths ?? role.Paths,
            PathHashPrefixes = grant.Paths is null ? role.PathHashPrefixes : null,
            Terminating = grant.Terminating ?? role.Terminating,
            OneTimeKeys = [.. next.OneTimeKeys.Union(grant.OneTimeKeys.Select(key => key.Id))],
        };
    }

    private static DelegatedRole Listing(DelegatedRole role, ImmutableArray<KeyId> ids, int threshold) => role with
    {
        RoleKeys = role.RoleKeys with { KeyIds = ids, Threshold = threshold },
        OneTimeKeys = [.. role.OneTimeKeys.Where(ids.Contains)],
    };

    private static void RequireReachable(DelegatedRole role, Dictionary<KeyId, PublicKey> keys)
    {
        var held = role.RoleKeys.KeyIds.Except(role.OneTimeKeys).Select(id => keys.GetValueOrDefault(id)?.Fingerprint ?? id.Value).Distinct(StringComparer.Ordinal).Count();
        if (held < role.RoleKeys.Threshold)
            throw new TrustException(TrustError.ThresholdUnreachable, $"{role.Name} needs {role.RoleKeys.Threshold} of its keys, but would have {held}: nobody could ever sign it.") { Role = role.Name.Value };
    }

    private static bool IsSame(Delegations? before, Delegations? after) =>
        (before?.Roles.Length ?? 0) == (after?.Roles.Length ?? 0) && (before?.Roles ?? []).Zip(after?.Roles ?? []).All(pair => IsSame(pair.First, pair.Second));

    internal static bool IsSame(DelegatedRole a, DelegatedRole b) =>
        a.Name == b.Name && a.Terminating == b.Terminating && a.RoleKeys.Threshold == b.RoleKeys.Threshold && a.RoleKeys.KeyIds.SequenceEqual(b.RoleKeys.KeyIds)
        && (a.Paths ?? []).SequenceEqual(b.Paths ?? []) && (a.PathHashPrefixes ?? []).SequenceEqual(b.PathHashPrefixes ?? []);
}
