using System.Collections.Immutable;
using TrustService.Cli.Importing;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>Copies keys of Docker Content Trust and Notary into the key store, each encrypted anew with the passphrase that opened it.</summary>
/// <param name="context">The run.</param>
/// <param name="trust">What the cached trust data tells of them.</param>
/// <param name="newPassphraseFile">The file with another passphrase for the copies, or null.</param>
/// <param name="isRehearsal">True to write nothing.</param>
internal sealed class KeyImporter(CommandContext context, CachedTrust trust, string? newPassphraseFile, bool isRehearsal) : IDisposable
{
    private readonly List<KeyEntry> store = [.. context.Keys.List()];
    private readonly PassphraseTrials trials = new(context.Passphrases);

    /// <summary>Copies one key.</summary>
    /// <returns>What became of it.</returns>
    public ReportLine Import(FoundKey found)
    {
        var uses = trust.UsesOf(found.Id);
        var roles = RolesOf(found, uses);
        if (roles is ["timestamp"])
            return new ReportLine("key", found.Id, Fate.Dropped, "it is for timestamp, which servers sign with keys of their own; a copy here is of no use");
        ImmutableArray<string> repositories = [.. uses.Select(use => use.Repository.Value).Append(found.Repository).OfType<string>().Distinct(StringComparer.Ordinal)];
        var description = Describe(roles, repositories);
        // Named by its id: a key that is here already needs no passphrase.
        if (store.FirstOrDefault(entry => NotaryIdOf(entry.Public!).Equals(found.Id, StringComparison.OrdinalIgnoreCase)) is { } known)
            return Present(known, roles, repositories, description);
        var purpose = KeyPurposes.Of(roles);
        var (key, passphrase) = trials.Open(found.File, purpose, $"the key {new KeyId(found.Id).Short}, {description}");
        using (key)
        {
            var described = FileKeyStore.Describe(key.Scheme, key.Material);
            if (store.FirstOrDefault(entry => entry.IsSame(described)) is { } same)
                return Present(same, roles, repositories, description);
            if (isRehearsal)
                return new ReportLine("key", found.Id, Fate.Kept, description);
            return new ReportLine("key", found.Id, Fate.Kept, $"{description} → {Add(key, passphrase, purpose, roles, repositories).Location}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => trials.Dispose();

    private KeyEntry Add(IExportableKey key, Passphrase? passphrase, KeyPurpose purpose, ImmutableArray<string> roles, ImmutableArray<string> repositories)
    {
        var details = new KeyEntry { Origin = KeyOrigin.Store, Location = "", Roles = roles, Repositories = repositories, Created = context.Now };
        KeyEntry added;
        if (newPassphraseFile is null && passphrase is not null)
            added = context.Keys.Add(key, passphrase.Utf8, details);
        else
        {
            using var chosen = (newPassphraseFile is null ? context.Passphrases : context.Passphrases.WithFile(newPassphraseFile)).ForNew(purpose, "the copy of the key");
            added = context.Keys.Add(key, chosen.Utf8, details);
        }
        store.Add(added);
        return added;
    }

    private ReportLine Present(KeyEntry entry, ImmutableArray<string> roles, ImmutableArray<string> repositories, string description)
    {
        var updated = entry with { Roles = Union(entry.Roles, roles), Repositories = Union(entry.Repositories, repositories) };
        if (!isRehearsal && (updated.Roles.Length > entry.Roles.Length || updated.Repositories.Length > entry.Repositories.Length))
        {
            store[store.IndexOf(entry)] = FileKeyStore.Change(entry, known => known with { Roles = updated.Roles, Repositories = updated.Repositories });
        }
        return new ReportLine("key", NotaryIdOf(entry.Public!), Fate.Present, $"{description}, in the key store already: {entry.Location}");
    }

    // Metadata knows best; the header of a key of docker's may hold the name of a signer instead of a role.
    private static ImmutableArray<string> RolesOf(FoundKey found, IReadOnlyList<KeyUse> uses)
    {
        if (uses.Count > 0)
            return [.. uses.Select(use => use.Role.Value).Distinct(StringComparer.Ordinal)];
        return found.Role switch
        {
            null or "" => [],
            "root" or "targets" or "snapshot" or "timestamp" => [found.Role],
            _ => [found.Role.StartsWith("targets/", StringComparison.Ordinal) ? found.Role : $"targets/{found.Role}"],
        };
    }

    private static string Describe(ImmutableArray<string> roles, ImmutableArray<string> repositories) =>
        $"{(roles.IsEmpty ? "role not known" : string.Join(", ", roles))}{(repositories.IsEmpty ? "" : $" of {string.Join(", ", repositories.Take(3))}{(repositories.Length > 3 ? $" and {repositories.Length - 3} more" : "")}")}";

    private static string NotaryIdOf(PublicKey key) => NotaryFormat.Instance.DescribeKey(key.Scheme, key.Material).Id.Value;

    private static ImmutableArray<string> Union(ImmutableArray<string> known, ImmutableArray<string> more) => [.. known.Union(more, StringComparer.Ordinal)];
}
