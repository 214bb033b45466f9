using System.Collections.Immutable;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Says exactly why nothing here may sign: too few keys of a role, a role of other tags, or keys that the repository does not know.</summary>
/// <param name="keyring">The keys that are here.</param>
/// <param name="targets">The current targets.</param>
/// <param name="roles">The roles that could sign.</param>
internal sealed class SigningRefusal(SigningKeyring keyring, TrustedTargets targets, ImmutableArray<SigningRole> roles)
{
    private const int MaxShown = 8;

    /// <summary>The refusal.</summary>
    /// <param name="path">The target path that is to be signed, or null if signatures are to be taken back.</param>
    public TrustException Explain(string? path)
    {
        ImmutableArray<SigningRole> held = [.. roles.Where(role => keyring.CountHeld(role) > 0)];
        if (held.IsEmpty)
            return UnknownKey();
        ImmutableArray<SigningRole> allowed = [.. held.Where(role => path is null || role.MaySpeakFor(path))];
        return allowed.IsEmpty ? WrongPath(targets, held, path!) : TooFew(allowed[0]);
    }

    /// <summary>The refusal of a tag that none of the roles may speak for.</summary>
    public static TrustException WrongPath(TrustedTargets targets, ImmutableArray<SigningRole> roles, string path)
    {
        var show = targets.Snapshot.Root.Format.Rules.Signers.ShowPath;
        var allowed = roles.Select(role => $"{role.Name} may sign {string.Join(", ", (role.Delegation?.Paths ?? []).Take(MaxShown).Select(show)) switch { "" => "nothing", var paths => paths }}");
        return new TrustException(TrustError.KeyNotFound, $"{path} may not be signed with the keys that are here: {string.Join("; ", allowed)}.")
        {
            Role = roles[0].Name.Value,
            Hint = $"The owner of targets can allow it: signer signer add {targets.Snapshot.Root.Format.Rules.Signers.NameOf(roles[0].Name)} --paths … REPOSITORY",
        };
    }

    private TrustException TooFew(SigningRole role) =>
        new(TrustError.KeyNotFound, $"{role.Name} is signed by {role.Threshold} of the keys {role.ShowHolders()}; {keyring.CountHeld(role)} of them {(keyring.CountHeld(role) == 1 ? "is" : "are")} here.")
        {
            Role = role.Name.Value,
            Hint = "Sign with what is here and let the others add theirs: --partial, then signer cosign where their keys are.",
        };

    private TrustException UnknownKey()
    {
        var who = string.Join("; ", roles.Take(MaxShown).Select(role => $"{role.Name} with {role.ShowHolders()}")) + (roles.Length > MaxShown ? "; …" : "");
        return new TrustException(TrustError.KeyNotFound, keyring.Count == 0 ? $"No key is here. Images are signed by {who}." : $"No key that is here ({keyring.Names}) may sign. Images are signed by {who}.")
        {
            Hint = keyring.Count == 0
                ? "Import a key of one of them (signer key import FILE) or name its file (--key FILE)."
                : "Import a key of one of them (signer key import FILE), name its file (--key FILE), or have the owner of targets add yours: signer signer add NAME --key FILE REPOSITORY",
        };
    }
}
