using System.Collections.Immutable;
using TrustService.Cli.KeyStores;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>Puts new keys in the place of those of one role; what they must sign is signed in the same publish.</summary>
/// <param name="context">The run.</param>
/// <param name="current">What is published.</param>
/// <param name="request">What is asked.</param>
internal sealed class KeyRotation(CommandContext context, OwnerReading current, KeyRotationRequest request)
{
    // Until when clocks may differ: a certificate is valid from a moment before it is made.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromHours(1);

    /// <summary>Asks whoever is to be asked, when nothing is against the rotation any more and before a key is made.</summary>
    public Action BeforeNewKey { get; init; } = () => { };

    private RepositoryName Name => current.Repository;

    private Root Root => current.Root.Metadata.Signed;

    /// <summary>Adds new keys of the roles that the server signs.</summary>
    public async Task RotateOnlineAsync(OwnerUpdate update, ImmutableArray<RoleName> roles, CancellationToken cancellationToken)
    {
        BeforeNewKey();
        var server = context.Servers.For(current.Format);
        foreach (var role in roles)
        {
            var keys = await context.WithinTimeoutAsync(token => server.RotateOnlineKeysAsync(current.Format, Name, role, token), cancellationToken);
            update.Root = (update.Root ?? Change()).Assign(role, new RoleAssignment(keys.All));
            context.Output.Say($"New {role}", $"{keys.Active.Id.Short}, made by {server.Address}{(keys.Standby.IsEmpty ? "" : $", and {keys.Standby.Length} standby")}");
        }
    }

    /// <summary>Puts a new root key in the place of one.</summary>
    public void RotateRoot(OwnerUpdate update)
    {
        var former = Former(RoleName.Root, [.. OwnerUpdate.KeysOf(Root, RoleName.Root)], update);
        var key = update.Use(NewKey(RoleName.Root));
        var described = current.Format.DescribeRootKey(key, Name, context.Now - ClockSlack, context.Now + request.RootLifetime);
        update.Root = (update.Root ?? Change()).Replace(RoleName.Root, former.Id, described, Root.KeyNames.GetValueOrDefault(former.Id));
    }

    /// <summary>Puts a new targets key in the place of one, and has it sign <paramref name="content"/>.</summary>
    /// <param name="update">What is published.</param>
    /// <param name="content">The content of targets.</param>
    /// <param name="bins">The content of its hash bins, or null for what is published.</param>
    public void RotateTargets(OwnerUpdate update, Targets content, IReadOnlyDictionary<RoleName, Targets>? bins = null)
    {
        var former = Former(RoleName.Targets, [.. OwnerUpdate.KeysOf(Root, RoleName.Targets)], update);
        var key = update.Use(NewKey(RoleName.Targets));
        var described = current.Format.DescribeKey(key.Scheme, key.Material);
        update.Root = (update.Root ?? Change()).Replace(RoleName.Targets, former.Id, described, Root.KeyNames.GetValueOrDefault(former.Id));
        update.AddTargets(content, context.Now + request.Lifetime, bins);
    }

    /// <summary>Puts a new key in the place of one of a delegated role, wherever targets lists that key, and has it sign those roles.</summary>
    /// <param name="update">What is published.</param>
    /// <param name="role">The delegated role.</param>
    /// <param name="contentOf">The content that a role is signed with.</param>
    /// <exception cref="TrustException"><see cref="TrustError.RoleNotListed"/> if targets does not delegate to it.</exception>
    public void RotateDelegated(OwnerUpdate update, RoleName role, Func<RoleName, Targets?> contentOf)
    {
        var targets = update.Next(RoleName.Targets)!;
        if (targets.Delegations?.Succinct?.IsBin(role) == true)
            throw new TrustException(TrustError.Usage, $"The hash bins of {Name} are signed by the keys of targets.") { Role = role.Value, Hint = $"signer key rotate targets {Name}" };
        if (targets.Delegations is not { } delegations || delegations.KeysOf(role) is not { } roleKeys)
            throw new TrustException(TrustError.Usage, $"The targets of {Name} do not delegate to {role}.") { Role = role.Value, Hint = "signer inspect shows the roles of a repository." };
        RequireTargetsKeys(update);
        // Keys that signed once and were thrown away are nobody's.
        var thrownAway = delegations.Roles.First(listed => listed.Name == role).OneTimeKeys;
        var former = Former(role, [.. roleKeys.KeyIds.Where(id => delegations.Keys.ContainsKey(id) && !thrownAway.Contains(id)).Select(id => delegations.Keys[id])], update);
        var listing = delegations.Roles.Where(listed => listed.RoleKeys.KeyIds.Any(id => delegations.Keys.GetValueOrDefault(id)?.Fingerprint == former.Fingerprint)).ToList();
        foreach (var listed in listing.Where(listed => contentOf(listed.Name) is not null))
            RequireEnough(update, listed, delegations, former);
        var key = update.Use(NewKey(role));
        var described = current.Format.DescribeKey(key.Scheme, key.Material);
        var names = targets.KeyNames.TryGetValue(former.Id, out var name) ? ImmutableDictionary<KeyId, string>.Empty.Add(described.Id, name) : ImmutableDictionary<KeyId, string>.Empty;
        // Granted first and withdrawn second: a role with one key is never without.
        var granted = new DelegationChange { Grant = [.. listing.Select(listed => new DelegationGrant(listed.Name, [described]))], Names = names }.ApplyTo(targets);
        var changed = new DelegationChange { Withdraw = [.. listing.Select(listed => new DelegationWithdrawal(listed.Name, [former.Fingerprint, .. listed.OneTimeKeys.Where(delegations.Keys.ContainsKey).Select(id => delegations.Keys[id].Fingerprint)]))] };
        var next = TargetsEditor.Next(granted, new TargetsChange { Delegations = changed }, context.Now + request.Lifetime);
        update.Add(RoleName.Targets, next with { Version = current.Top.Metadata.Signed.Version == targets.Version ? next.Version : targets.Version });
        foreach (var listed in listing)
        {
            if (contentOf(listed.Name) is { } content)
                update.Add(listed.Name, TargetsEditor.Next(content, new TargetsChange(), context.Now + request.Lifetime));
        }
    }

    // Before a key is made that could not come into force. If targets gets a new key by the same update, that one is here.
    private void RequireTargetsKeys(OwnerUpdate update)
    {
        ImmutableArray<PublicKey> listed = [.. OwnerUpdate.KeysOf(Root, RoleName.Targets)];
        var threshold = Root.Roles[RoleName.Targets].Threshold;
        if (update.Root is null && update.Held(listed) is var held && held.Length < threshold)
            throw context.Keyring.TooFew(RoleName.Targets, listed, threshold, held.Length, isGiven: false);
    }

    // Before a key is made: the keys that stay and the new one have to suffice for every role that is signed anew.
    private void RequireEnough(OwnerUpdate update, DelegatedRole role, Delegations delegations, PublicKey former)
    {
        ImmutableArray<PublicKey> staying = [.. role.RoleKeys.KeyIds.Where(delegations.Keys.ContainsKey).Select(id => delegations.Keys[id]).Where(key => key.Fingerprint != former.Fingerprint)];
        if (update.Held(staying) is var held && held.Length + 1 < role.RoleKeys.Threshold)
            throw context.Keyring.TooFew(role.Name, staying, role.RoleKeys.Threshold, held.Length, isGiven: false);
    }

    private RootChange Change() => new(context.Now + request.RootLifetime);

    // One key: that one goes. Several: the one that is named, or the only one that is here.
    private PublicKey Former(RoleName role, ImmutableArray<PublicKey> listed, OwnerUpdate update)
    {
        if (request.Former is { } named)
        {
            var entry = listed.Where(key => key.Id.Value.StartsWith(named, StringComparison.OrdinalIgnoreCase)).ToList();
            if (entry is [var one])
                return one;
            var known = context.KeyFinder.Find(named);
            return listed.FirstOrDefault(known.IsSame) ?? throw new TrustException(TrustError.KeyNotFound, $"{named} is no key of {role}; {Names(listed)} are.") { Role = role.Value };
        }
        var held = update.Held(listed);
        return listed switch
        {
            [var only] => only,
            _ when held is [var mine] => listed.First(mine.IsSame),
            _ => throw new TrustException(TrustError.Usage, $"{role} has {listed.Length} keys: {Names(listed)}; which of them goes is not said.") { Role = role.Value, Hint = "Name it: --former KEY" },
        };
    }

    private static string Names(ImmutableArray<PublicKey> keys) => string.Join(", ", keys.Select(key => key.Id.Short));

    private ISigningKey NewKey(RoleName role)
    {
        if (request.NewKey is { } given)
        {
            BeforeNewKey();
            return RepositoryKey.Get(context, role, Name, given, request.Scheme);
        }
        var rules = current.Format.Rules;
        var schemes = role == RoleName.Root ? rules.RootSchemes : rules.Schemes;
        if (!schemes.Contains(request.Scheme))
        {
            throw new TrustException(TrustError.Usage, $"A {role} key of a repository in the format {current.Format.Name} cannot be {KeySchemes.Describe(request.Scheme)}: its clients would not read it.")
            {
                Hint = $"Kinds that they read: {string.Join(", ", KeySchemes.NamesOf(schemes))} (--type).",
            };
        }
        BeforeNewKey();
        return RepositoryKey.Make(context, role, Name, request.Scheme);
    }
}
