using System.Collections.Immutable;
using TrustService.Cli.KeyStores;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Chooses the roles in which a change is signed: those whose keys are here, so that what they sign is what verifiers find.</summary>
/// <param name="keyring">The keys.</param>
/// <param name="request">How it is to be signed.</param>
/// <param name="warn">Told what verifiers will not find.</param>
internal sealed class RoleSelection(SigningKeyring keyring, SigningRequest request, Action<string> warn)
{
    /// <summary>The delegated roles that have to be read in order to choose.</summary>
    public IEnumerable<RoleName> Needed(TrustedTargets targets, TargetsChange change) =>
        !request.Roles.IsEmpty ? request.Roles
        : targets.Snapshot.Root.Format.Rules.DelegatesSignImages ? []
        : SigningRole.DelegatedBy(targets).Where(role => change.Set.Keys.Any(role.MaySpeakFor)).Select(role => role.Name);

    /// <summary>The roles for new signatures.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> if there is no key for any that may sign, or <see cref="TrustError.RoleNotListed"/>.</exception>
    public ImmutableArray<RoleShare> ForSigning(CurrentRoles current, TargetsChange change)
    {
        var targets = current.Targets;
        var delegated = SigningRole.DelegatedBy(targets);
        if (Given(targets) is { } given)
        {
            RequireAllowed(given, change, targets);
            if (!targets.Snapshot.Root.Format.Rules.DelegatesSignImages && targets.Bins is null)
                WarnOfHidden(current, [Top(targets), .. delegated], [.. given.Select(share => share.Role.Name)], change);
            return given;
        }
        if (delegated.IsEmpty)
            return [new RoleShare(Top(targets))];
        return targets.Snapshot.Root.Format.Rules.DelegatesSignImages ? EveryRole(targets, delegated, change) : OneRoleForEachPath(current, delegated, change);
    }

    /// <summary>The roles from which signatures can be taken back.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> or <see cref="TrustError.RoleNotListed"/>.</exception>
    public ImmutableArray<RoleShare> ForRevoking(CurrentRoles current)
    {
        if (Given(current.Targets) is { } given)
            return given;
        ImmutableArray<SigningRole> all = [Top(current.Targets), .. SigningRole.DelegatedBy(current.Targets)];
        if (all.Length == 1)
            return [new RoleShare(all[0])];
        ImmutableArray<RoleShare> signable = [.. all.Where(role => keyring.CanSign(role, request.IsPartial)).Select(role => new RoleShare(role))];
        return signable.IsEmpty ? throw new SigningRefusal(keyring, current.Targets, all).Explain(null) : signable;
    }

    // As docker does: into the roles of all keys that are here, so that the signer's own and the one that is pulled from never disagree.
    private ImmutableArray<RoleShare> EveryRole(TrustedTargets targets, ImmutableArray<SigningRole> delegated, TargetsChange change)
    {
        ImmutableArray<SigningRole> signable = [.. delegated.Where(role => change.Set.Keys.Any(role.MaySpeakFor) && keyring.CanSign(role, request.IsPartial))];
        if (targets.Snapshot.Root.Format.Rules.Signers.SharedRole is { } pulled && delegated.FirstOrDefault(role => role.Name == pulled) is { } shared && !signable.Contains(shared) && signable.Any() && change.Set.Keys.Any(shared.MaySpeakFor))
        {
            // Signed in the signer's own role alone, an image looks signed and is pulled by nobody.
            if (keyring.CountHeld(shared) > 0)
                throw new SigningRefusal(keyring, targets, [shared]).Explain(change.Set.Keys.First(shared.MaySpeakFor));
            warn($"Images are pulled from {pulled}, which no key that is here may sign ({shared.ShowHolders()} may). What {string.Join(", ", signable.Select(role => role.Name))} signs is seen by those who look for it.");
        }
        return change.Set.Keys.FirstOrDefault(path => !signable.Any(role => role.MaySpeakFor(path))) is { } orphan
            ? throw new SigningRefusal(keyring, targets, delegated).Explain(orphan)
            : [.. signable.Select(role => new RoleShare(role))];
    }

    // A search takes the first role that lists the path; signing anywhere behind it would do nothing.
    private ImmutableArray<RoleShare> OneRoleForEachPath(CurrentRoles current, ImmutableArray<SigningRole> delegated, TargetsChange change)
    {
        ImmutableArray<SigningRole> order = [Top(current.Targets), .. delegated];
        return
        [
            .. change.Set.Keys.Select(path => (Path: path, Role: RoleFor(current, order, path))).GroupBy(entry => entry.Role, entry => entry.Path)
                .Select(group => new RoleShare(group.Key) { Paths = [.. group] }),
        ];
    }

    private SigningRole RoleFor(CurrentRoles current, ImmutableArray<SigningRole> order, string path)
    {
        var way = WayTo(order, path);
        var listed = way.FindIndex(role => Lists(current, role, path));
        var mine = way.Where(role => keyring.CanSign(role, request.IsPartial)).ToList();
        var chosen = listed < 0
            ? mine.FirstOrDefault(role => role.Delegation is not null) ?? mine.FirstOrDefault()
            : mine.Contains(way[listed]) ? way[listed] : mine.LastOrDefault(role => way.IndexOf(role) < listed);
        if (chosen is null)
            throw mine.Count > 0 ? Hidden(way[listed], mine[0], path) : new SigningRefusal(keyring, current.Targets, order).Explain(path);
        foreach (var broken in way.TakeWhile(role => role != chosen).Where(role => role.Delegation is not null && current.Delegated.Any(reading => reading.Role == role.Name && reading.Refusal is not null)))
            warn($"Verifiers look into {broken.Name} before {chosen.Name}, and stop there: {current.Delegated.First(reading => reading.Role == broken.Name).Refusal!.Message}");
        return chosen;
    }

    // The roles that a search for a path looks into, in its order.
    private static List<SigningRole> WayTo(ImmutableArray<SigningRole> order, string path)
    {
        var way = new List<SigningRole>();
        foreach (var role in order.Where(role => role.MaySpeakFor(path)))
        {
            way.Add(role);
            if (role.Delegation?.Terminating == true)
                break;
        }
        return way;
    }

    private static bool Lists(CurrentRoles current, SigningRole role, string path) =>
        (role.Delegation is null ? current.Targets : current.Delegated.FirstOrDefault(reading => reading.Role == role.Name)?.Trusted)?.Metadata.Signed.TargetFiles.ContainsKey(path) == true;

    private static TrustException Hidden(SigningRole first, SigningRole mine, string path) =>
        new(TrustError.KeyNotFound, $"{path} is signed by {first.Name}, which verifiers look into before {mine.Name}: what {mine.Name} signs would not be found.")
        {
            Role = first.Name.Value,
            Hint = $"Have it signed or revoked by {first.Name} ({first.ShowHolders()}), or choose another tag.",
        };

    private static void RequireAllowed(ImmutableArray<RoleShare> given, TargetsChange change, TrustedTargets targets)
    {
        if (change.Set.Keys.FirstOrDefault(path => !given.Any(share => share.Role.MaySpeakFor(path))) is { } orphan)
            throw SigningRefusal.WrongPath(targets, [.. given.Select(share => share.Role)], orphan);
    }

    // Whoever names a role may have reasons to sign in it already now; that it is signed must not be taken for found.
    private void WarnOfHidden(CurrentRoles current, ImmutableArray<SigningRole> order, ImmutableArray<RoleName> given, TargetsChange change)
    {
        foreach (var path in change.Set.Keys)
        {
            var way = WayTo(order, path);
            if (!way.Any(role => given.Contains(role.Name)))
                warn($"Verifiers that look for {path} stop at {way[^1].Name}: what {string.Join(", ", given)} signs is not found.");
            else if (way.TakeWhile(role => !given.Contains(role.Name)).FirstOrDefault(role => Lists(current, role, path)) is { } first)
                warn($"{path} is signed by {first.Name}, which verifiers look into before {string.Join(", ", given)}: what that signs is not found.");
        }
    }

    private ImmutableArray<RoleShare>? Given(TrustedTargets targets) =>
        request.Roles.IsEmpty ? null : [.. request.Roles.Select(name => new RoleShare(SigningRole.Find(targets, name) ?? throw Unknown(targets, name)))];

    private static SigningRole Top(TrustedTargets targets) => SigningRole.OfImages(targets);

    private static TrustException Unknown(TrustedTargets targets, RoleName name) =>
        new(TrustError.Usage, $"The repository has no role {name}. Images are signed by {string.Join(", ", SigningRole.DelegatedBy(targets).Prepend(Top(targets)).Select(role => role.Name))}.") { Role = name.Value };
}
