using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.KeyStores;

/// <summary>What is noted of a key of the key store while it is used. A key store that can only be read, as on CI machines, is no reason not to sign.</summary>
/// <param name="time">The clock.</param>
internal sealed class KeyNotes(TimeProvider time)
{
    /// <summary>It signed now.</summary>
    public void Used(KeyEntry entry) => Note(entry, known => known with { LastUsed = time.GetUtcNow() });

    /// <summary>It signs as a role of a repository, as its metadata says.</summary>
    public static void Belongs(KeyEntry entry, RoleName role, RepositoryName repository)
    {
        if (!entry.IsInStore || (entry.Roles.Contains(role.Value) && entry.Repositories.Contains(repository.Value)))
            return;
        Note(entry, known => known with
        {
            Roles = known.Roles.Contains(role.Value) ? known.Roles : known.Roles.Add(role.Value),
            Repositories = known.Repositories.Contains(repository.Value) ? known.Repositories : known.Repositories.Add(repository.Value),
        });
    }

    /// <summary>A passphrase was wrong.</summary>
    public void WrongPassphrase(KeyEntry entry) =>
        Note(entry, known => known with { WrongPassphrases = Math.Min(known.WrongPassphrases, int.MaxValue - 1) + 1, WrongSince = known.WrongSince ?? time.GetUtcNow() });

    /// <summary>The right passphrase was given: how many wrong ones there were before, and since when; null if there was none.</summary>
    public static (int Count, DateTimeOffset Since)? TakeWrongPassphrases(KeyEntry entry)
    {
        (int, DateTimeOffset)? found = null;
        // Most of the time there is nothing to write.
        if (FileKeyStore.Reread(entry).WrongSince is not null)
        {
            Note(entry, known =>
            {
                found = known.WrongSince is { } since ? (known.WrongPassphrases, since) : null;
                return known with { WrongPassphrases = 0, WrongSince = null };
            });
        }
        return found;
    }

    private static void Note(KeyEntry entry, Func<KeyEntry, KeyEntry> change)
    {
        try
        {
            FileKeyStore.Change(entry, change);
        }
        catch (TrustException e) when (e.Error == TrustError.LocalFile)
        {
            // Nothing is lost but the note.
        }
    }
}
