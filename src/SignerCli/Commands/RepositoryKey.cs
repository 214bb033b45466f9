using TrustService.Cli.KeyStores;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>Gets the key of a top-level role for a new repository.</summary>
internal static class RepositoryKey
{
    /// <summary>Opens the given key, or the one that an earlier attempt made for the repository, or makes a new one.</summary>
    /// <param name="context">The run.</param>
    /// <param name="role">Root or targets.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="given">What the caller calls the key, or null.</param>
    /// <param name="scheme">The kind of a new key.</param>
    public static ISigningKey Get(CommandContext context, RoleName role, RepositoryName repository, string? given, SignatureScheme scheme)
    {
        var (purpose, title) = Words(role);
        var entry = given is not null
            ? context.KeyFinder.Find(given)
            : context.Keys.List().FirstOrDefault(key => key.Roles.Contains(role.Value) && key.Repositories.Contains(repository.Value));
        return entry is null ? Make(context, role, repository, scheme) : Open(context, role, repository, entry, purpose, title);
    }

    private static (KeyPurpose Purpose, string Title) Words(RoleName role) =>
        role == RoleName.Root ? (KeyPurpose.Root, "Root key") : role == RoleName.Targets ? (KeyPurpose.Targets, "Targets key") : (KeyPurpose.Delegation, $"{role} key");

    private static ISigningKey Open(CommandContext context, RoleName role, RepositoryName repository, KeyEntry entry, KeyPurpose purpose, string title)
    {
        var key = context.Keyring.Open(entry, purpose);
        context.Output.Say(title, $"{entry.Name}  ({entry.Location})");
        KeyNotes.Belongs(entry, role, repository);
        return key;
    }

    /// <summary>Makes a new key, whatever keys there are.</summary>
    /// <param name="context">The run.</param>
    /// <param name="role">Root, targets or a delegated role.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="scheme">The kind of key.</param>
    public static ISigningKey Make(CommandContext context, RoleName role, RepositoryName repository, SignatureScheme scheme)
    {
        var (purpose, title) = Words(role);
        var key = SigningKeys.Generate(scheme);
        try
        {
            context.Output.Say(title, $"new, {KeySchemes.Describe(scheme)}, {FileKeyStore.Describe(key.Scheme, key.Material).Id.Short}");
            if (role == RoleName.Root)
                context.Output.Say("  This key is the identity of the repository. Nobody can recover it for you.");
            using var passphrase = context.Passphrases.ForNew(purpose, $"the new {role} key");
            var details = new KeyEntry { Origin = KeyOrigin.Store, Location = "", Roles = [role.Value], Repositories = [repository.Value], Created = context.Now };
            var entry = context.Keys.Add(key, passphrase.Utf8, details);
            context.Output.Say("", $"→ {entry.Location}");
            return context.Keyring.Noting(key, entry);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
