using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>Chooses and opens the private keys with which a role is signed.</summary>
internal sealed class RoleKeyring(FileKeyStore store, KeyFinder finder, Passphrases passphrases)
{
    /// <summary>Chooses enough keys: the given ones, or those of the store that the role lists.</summary>
    /// <param name="role">The role, for messages.</param>
    /// <param name="allowed">The keys that the role lists.</param>
    /// <param name="threshold">How many must sign.</param>
    /// <param name="given">What the caller calls the keys; empty to look in the store.</param>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> if there are too few.</exception>
    public ImmutableArray<KeyEntry> Choose(RoleName role, ImmutableArray<PublicKey> allowed, int threshold, IReadOnlyList<string> given)
    {
        var names = string.Join(", ", allowed.Select(key => key.Id.Short));
        var needed = allowed.Length == 1 ? $"{role} is signed by the key {names}" : $"{role} is signed by {threshold} of the keys {names}";
        ImmutableArray<KeyEntry> chosen = given.Count > 0
            ? [.. given.Select(finder.Find)]
            : [.. store.List().Where(entry => allowed.Any(entry.IsSame)).Take(threshold)];
        if (chosen.FirstOrDefault(entry => entry.Public is not null && !allowed.Any(entry.IsSame)) is { } foreign)
            throw new TrustException(TrustError.KeyNotFound, $"The key {foreign.Name} may not sign here: {needed}.") { Role = role.Value };
        if (chosen.Length < threshold)
        {
            throw new TrustException(TrustError.KeyNotFound, $"{needed}; {(given.Count > 0 ? $"{chosen.Length} given" : chosen.Length == 0 ? "the key store has none" : $"the key store has {chosen.Length}")}.")
            {
                Role = role.Value,
                Hint = $"Import it (signer key import FILE), name its file (--key FILE), or run this where it is. Key store: {store.Location}",
            };
        }
        return chosen;
    }

    /// <summary>Opens keys; the caller disposes them.</summary>
    /// <exception cref="TrustException">A coded refusal; no key stays open then.</exception>
    public ImmutableArray<IExportableKey> Open(IEnumerable<KeyEntry> entries, KeyPurpose purpose)
    {
        var opened = ImmutableArray.CreateBuilder<IExportableKey>();
        try
        {
            foreach (var entry in entries)
                opened.Add(Open(entry, purpose));
            return opened.ToImmutable();
        }
        catch
        {
            foreach (var key in opened)
                key.Dispose();
            throw;
        }
    }

    /// <summary>Opens one key; the caller disposes it.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public IExportableKey Open(KeyEntry entry, KeyPurpose purpose)
    {
        using var file = finder.ReadFile(entry);
        return passphrases.Open(file, purpose, $"the {NameOf(purpose)}key {entry.Name}");
    }

    private static string NameOf(KeyPurpose purpose) => purpose switch
    {
        KeyPurpose.Root => "root ",
        KeyPurpose.Targets => "targets ",
        KeyPurpose.Snapshot => "snapshot ",
        _ => "",
    };
}
