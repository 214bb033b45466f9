using System.Collections.Immutable;
using TrustService.Cli.KeyPrograms;
using TrustService.Cli.Output;
using TrustService.Cli.Pkcs11;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>Chooses and opens the private keys with which a role is signed.</summary>
/// <param name="store">The key store.</param>
/// <param name="finder">Finds keys by what people call them.</param>
/// <param name="passphrases">Gets passphrases.</param>
/// <param name="tokens">Opens keys in tokens.</param>
/// <param name="programs">Opens keys behind programs.</param>
/// <param name="notes">Notes how keys are used.</param>
/// <param name="warn">Told what the owner of a key should know.</param>
internal sealed class RoleKeyring(FileKeyStore store, KeyFinder finder, Passphrases passphrases, TokenKeys tokens, ProgramKeys programs, KeyNotes notes, Action<string> warn)
{
    /// <summary>The keys that the caller names.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/></exception>
    public IEnumerable<KeyEntry> Find(IReadOnlyList<string> given) => given.Select(finder.Find);

    /// <summary>Every key of the user: those of the key store, then those of Docker Content Trust.</summary>
    public ImmutableArray<KeyEntry> All() => [.. finder.All()];

    /// <summary>The refusal where a role has too few keys here.</summary>
    public TrustException TooFew(RoleName role, ImmutableArray<PublicKey> allowed, int threshold, int found, bool isGiven) =>
        TooFew(role, string.Join(", ", allowed.Select(key => key.Id.Short)), allowed.Length, threshold, found, isGiven, NotHere);

    /// <summary>The refusal where a role has too few keys here, and others may sign later.</summary>
    public TrustException TooFew(SigningRole role, int found, bool isGiven) =>
        TooFew(role.Name, role.ShowHolders(), role.Keys.Length, role.Threshold, found, isGiven, found > 0 ? "Sign with what is here and let the others add theirs: --partial, then signer cosign where their keys are." : NotHere);

    private string NotHere => $"Import it (signer key import FILE), name its file (--key FILE), or run this where it is. Key store: {store.Location}";

    private static TrustException TooFew(RoleName role, string names, int count, int threshold, int found, bool isGiven, string hint)
    {
        var needed = count == 1 ? $"{role} is signed by the key {names}" : $"{role} is signed by {threshold} of the keys {names}";
        return new TrustException(TrustError.KeyNotFound, isGiven && found == 0 ? $"The given key may not sign here: {needed}." : $"{needed}; {(isGiven ? $"{found} given" : found == 0 ? "the key store has none" : $"the key store has {found}")}.") { Role = role.Value, Hint = hint };
    }

    /// <summary>Opens keys, all or none; the caller disposes them.</summary>
    /// <exception cref="TrustException">A coded refusal of a key or its passphrase.</exception>
    public ImmutableArray<ISigningKey> Open(IEnumerable<KeyEntry> entries, KeyPurpose purpose)
    {
        var opened = ImmutableArray.CreateBuilder<ISigningKey>();
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

    /// <summary>Opens one key to sign with it; the caller disposes it. Of a key of the key store it is noted when it signs.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public ISigningKey Open(KeyEntry entry, KeyPurpose purpose)
    {
        var key = entry.Origin switch
        {
            KeyOrigin.Token => tokens.Open(entry.Location, entry.Public),
            KeyOrigin.Program => programs.Open(entry.Location, entry.Public),
            _ => OpenFile(entry, purpose),
        };
        return entry.IsInStore ? Noting(key, entry) : key;
    }

    /// <summary>The key of an entry of the key store, as one that notes when it signs.</summary>
    public ISigningKey Noting(ISigningKey key, KeyEntry entry) => new NotedKey(key, entry, notes);

    /// <summary>Opens one key whose private half is to be written elsewhere; the caller disposes it.</summary>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.Usage"/> if it never leaves the place where it is.</exception>
    public IExportableKey OpenFile(KeyEntry entry, KeyPurpose purpose)
    {
        RequireFile(entry);
        using var file = finder.ReadFile(entry);
        var key = passphrases.Open(file, purpose, $"the {NameOf(purpose)}key {entry.Name}", entry.IsInStore ? () => notes.WrongPassphrase(entry) : null);
        if (entry.IsInStore && KeyNotes.TakeWrongPassphrases(entry) is var (count, since))
            warn($"{count} wrong {(count == 1 ? "passphrase was" : "passphrases were")} given for the key {entry.Name} since {CommandOutput.Date(since)}. If it was not you, somebody has its file.");
        return key;
    }

    /// <summary>Refuses a key whose private half is nowhere to be read.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static void RequireFile(KeyEntry entry)
    {
        if (!entry.IsFile)
            throw new TrustException(TrustError.Usage, $"The private half of {entry.Name} cannot be read here: {entry.Location} signs with it, and keeps it.");
    }

    private static string NameOf(KeyPurpose purpose) => purpose switch
    {
        KeyPurpose.Root => "root ",
        KeyPurpose.Targets => "targets ",
        KeyPurpose.Snapshot => "snapshot ",
        _ => "",
    };
}
