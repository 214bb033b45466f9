using System.Collections.Immutable;
using TrustService.Cli.KeyStores;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Chooses the roles in which a change is signed, as Docker does where delegates sign: those whose keys are here.</summary>
/// <param name="keyring">The keys.</param>
/// <param name="asked">The roles that the caller names; empty to choose by keys.</param>
internal sealed class RoleSelection(SigningKeyring keyring, ImmutableArray<RoleName> asked)
{
    /// <summary>The roles for new signatures.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> if there is no key for any that may sign, or <see cref="TrustError.RoleNotListed"/>.</exception>
    public ImmutableArray<SigningRole> ForSigning(TrustedTargets targets, TargetsChange change)
    {
        if (Given(targets) is { } given)
            return given;
        var delegated = SigningRole.DelegatedBy(targets);
        if (!targets.Snapshot.Root.Format.Rules.DelegatesSignImages || delegated.IsEmpty)
            return [Top(targets)];
        ImmutableArray<SigningRole> signable = [.. delegated.Where(role => change.Set.Keys.Any(role.MaySpeakFor) && keyring.CanSign(role))];
        if (signable.IsEmpty)
        {
            throw NoKey(delegated, "images are signed by the roles that targets delegates to", $"Import a key of one of them (signer key import FILE) or name its file (--key FILE). Whoever has the targets key can sign with --role {RoleName.Targets} instead.");
        }
        return change.Set.Keys.FirstOrDefault(path => !signable.Any(role => role.MaySpeakFor(path))) is { } orphan
            ? throw new TrustException(TrustError.KeyNotFound, $"{orphan} may not be signed by {Names(signable)}: their paths do not allow it, and no key of another role is here.")
            : signable;
    }

    /// <summary>The roles from which signatures can be taken back.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> or <see cref="TrustError.RoleNotListed"/>.</exception>
    public ImmutableArray<SigningRole> ForRevoking(TrustedTargets targets)
    {
        if (Given(targets) is { } given)
            return given;
        if (!targets.Snapshot.Root.Format.Rules.DelegatesSignImages)
            return [Top(targets)];
        ImmutableArray<SigningRole> all = [Top(targets), .. SigningRole.DelegatedBy(targets)];
        ImmutableArray<SigningRole> signable = [.. all.Where(keyring.CanSign)];
        return signable.IsEmpty ? throw NoKey(all, "images are signed by these roles", "Import a key of one of them (signer key import FILE) or name its file (--key FILE).") : signable;
    }

    private ImmutableArray<SigningRole>? Given(TrustedTargets targets) =>
        asked.IsEmpty ? null : [.. asked.Select(name => SigningRole.Find(targets, name) ?? throw Unknown(targets, name))];

    private static SigningRole Top(TrustedTargets targets) => SigningRole.OfImages(targets);

    private static TrustException Unknown(TrustedTargets targets, RoleName name) =>
        new(TrustError.RoleNotListed, $"The repository has no role {name}. Images are signed by {Names([Top(targets), .. SigningRole.DelegatedBy(targets)])}.") { Role = name.Value };

    private static TrustException NoKey(ImmutableArray<SigningRole> roles, string why, string hint) =>
        new(TrustError.KeyNotFound, $"No key is here that may sign: {why}, {string.Join("; ", roles.Take(8).Select(role => $"{role.Name} with {string.Join(", ", role.Keys.Select(key => key.Id.Short))}"))}{(roles.Length > 8 ? "; …" : "")}.") { Hint = hint };

    private static string Names(IEnumerable<SigningRole> roles) => string.Join(", ", roles.Select(role => role.Name));
}
