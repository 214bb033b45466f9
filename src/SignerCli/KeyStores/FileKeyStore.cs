using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>
/// One directory of encrypted key files, each with a description beside it, and of descriptions that only say where a key is. The directory is 0700 and every file 0600;
/// wider modes are narrowed whenever the store is used.
/// </summary>
/// <param name="directory">Where the keys are; made when the first key is added.</param>
/// <param name="warn">Told about modes that had to be narrowed and files that are not used.</param>
internal sealed class FileKeyStore(string directory, Action<string> warn)
{
    private const string KeyExtension = ".pem";
    private const string DescriptionExtension = ".json";
    private const int ShortIdLength = 8;

    /// <summary>Keys that a store may hold.</summary>
    private const int MaxKeys = 10_000;

    private bool isChecked;

    /// <summary>Where the keys are.</summary>
    public string Location { get; } = directory;

    /// <summary>Every key, in the order of their file names.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidKeyFile"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public IReadOnlyList<KeyEntry> List()
    {
        if (!Directory.Exists(Location))
            return [];
        NarrowModes();
        var keyFiles = Files(KeyExtension).ToHashSet(StringComparer.Ordinal);
        var entries = new List<KeyEntry>();
        foreach (var description in Files(DescriptionExtension))
        {
            var entry = Read(description);
            // A description alone is what an interrupted run left: it promises nothing.
            if (!entry.IsFile || keyFiles.Remove(entry.Location))
                entries.Add(entry);
        }
        foreach (var keyFile in keyFiles.Order(StringComparer.Ordinal))
            warn($"{keyFile} has no description, so it is not used. Move it away and import it: signer key import FILE");
        return entries;
    }

    /// <summary>Adds a key, encrypted.</summary>
    /// <param name="key">The key.</param>
    /// <param name="passphrase">UTF-8.</param>
    /// <param name="details">Label, roles, repositories and time of creation.</param>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public KeyEntry Add(IExportableKey key, ReadOnlySpan<byte> passphrase, KeyEntry details)
    {
        var described = Describe(key.Scheme, key.Material);
        var description = Place(described, details);
        var entry = details with { Origin = KeyOrigin.Store, Id = described.Id, Public = described, Location = Path.ChangeExtension(description, KeyExtension), DescriptionFile = description };
        // The description first: it promises nothing alone, and a key without one would not be used.
        PrivateFiles.Replace(description, KeyDescription.Write(entry));
        PrivateFiles.WriteNew(entry.Location, PrivateKeyFile.Write(key, passphrase));
        return entry;
    }

    /// <summary>Adds what only says where a key is: in a token, or behind a program.</summary>
    /// <param name="key">Its public half.</param>
    /// <param name="details">Origin, location, label, roles, repositories and time of creation.</param>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public KeyEntry AddReference(PublicKey key, KeyEntry details)
    {
        var entry = details with { Id = key.Id, Public = key, DescriptionFile = Place(key, details) };
        PrivateFiles.Replace(entry.DescriptionFile, KeyDescription.Write(entry));
        return entry;
    }

    /// <summary>Changes what is noted of a key; what another run noted meanwhile is kept.</summary>
    /// <returns>What is noted now.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> or <see cref="TrustError.InvalidKeyFile"/>.</exception>
    public static KeyEntry Change(KeyEntry entry, Func<KeyEntry, KeyEntry> change)
    {
        var changed = change(Reread(entry));
        PrivateFiles.Replace(entry.DescriptionFile!, KeyDescription.Write(changed));
        return changed;
    }

    /// <summary>What is noted of a key now.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> or <see cref="TrustError.InvalidKeyFile"/>.</exception>
    public static KeyEntry Reread(KeyEntry entry) => Read(entry.DescriptionFile!);

    /// <summary>Encrypts a key with another passphrase.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static void ChangePassphrase(KeyEntry entry, IExportableKey key, ReadOnlySpan<byte> passphrase) =>
        PrivateFiles.Replace(entry.Location, PrivateKeyFile.Write(key, passphrase));

    /// <summary>Removes a key for ever.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static void Remove(KeyEntry entry)
    {
        try
        {
            if (entry.IsFile)
                File.Delete(entry.Location);
            File.Delete(entry.DescriptionFile!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"{entry.Location} cannot be removed: {e.Message}", e);
        }
    }

    /// <summary>A key as TUF metadata lists it.</summary>
    public static PublicKey Describe(SignatureScheme scheme, ReadOnlyMemory<byte> material) => TufFormat.Instance.DescribeKey(scheme, material);

    private static KeyEntry Read(string description) =>
        KeyDescription.Read(PrivateFiles.Read(description, KeyDescription.MaxBytes), description, Path.ChangeExtension(description, KeyExtension));

    // Where the description of a new key goes.
    private string Place(PublicKey key, KeyEntry details)
    {
        foreach (var existing in List())
        {
            if (existing.IsSame(key))
                throw new TrustException(TrustError.AlreadyExists, $"The key {existing.Name} is in the key store already.") { Hint = $"It is {existing.Location}." };
            if (details.Label is { } label && existing.Label == label)
                throw new TrustException(TrustError.AlreadyExists, $"A key with the label {label} is in the key store already.") { Hint = "Give this one another label." };
        }
        if (PrivateFiles.EnsureDirectory(Location))
            warn($"The key store {Location} was open to others; its mode is 0700 now.");
        return FreePath(key.Id, details);
    }

    private string FreePath(KeyId id, KeyEntry details)
    {
        var role = details.Roles switch
        {
            [] => "key",
            ["root" or "targets" or "snapshot" or "timestamp", ..] => details.Roles[0],
            // Names of delegated roles may hold anything: no part of a file name is made of them.
            _ => "delegation",
        };
        var path = Path.Combine(Location, $"{role}-{id.Value[..ShortIdLength]}");
        return $"{(File.Exists(path + KeyExtension) || File.Exists(path + DescriptionExtension) ? Path.Combine(Location, $"{role}-{id.Value}") : path)}{DescriptionExtension}";
    }

    private void NarrowModes()
    {
        if (isChecked)
            return;
        isChecked = true;
        if (PrivateFiles.EnsureDirectory(Location))
            warn($"The key store {Location} was open to others; its mode is 0700 now.");
        foreach (var file in Files(KeyExtension).Concat(Files(DescriptionExtension)))
        {
            if (PrivateFiles.EnsureMode(file))
                warn($"{file} was open to others; its mode is 0600 now. If somebody may have copied it, rotate the key.");
        }
    }

    private List<string> Files(string extension)
    {
        try
        {
            return [.. Directory.EnumerateFiles(Location, "*" + extension).Take(MaxKeys).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"The key store {Location} cannot be read: {e.Message}", e);
        }
    }
}
