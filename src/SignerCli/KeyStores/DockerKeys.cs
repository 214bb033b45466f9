using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>The private keys of Docker Content Trust, which are read where they are and never written.</summary>
internal static class DockerKeys
{
    private const int MaxKeys = 1_000;

    /// <summary>Every key file of the directory that can be read; what each is for comes from its headers.</summary>
    public static IReadOnlyList<KeyEntry> List(string directory)
    {
        if (!Directory.Exists(directory))
            return [];
        var entries = new List<KeyEntry>();
        foreach (var path in Directory.EnumerateFiles(directory, "*.key").Take(MaxKeys).Order(StringComparer.Ordinal))
        {
            if (TryRead(path) is { } entry)
                entries.Add(entry);
        }
        return entries;
    }

    private static KeyEntry? TryRead(string path)
    {
        try
        {
            using var file = PrivateKeyFile.Parse(PrivateFiles.Read(path, PrivateKeyFile.MaxBytes));
            return new KeyEntry
            {
                Origin = KeyOrigin.Docker,
                Location = path,
                Id = new KeyId(Path.GetFileNameWithoutExtension(path)),
                Roles = file.Role is { } role ? [role] : [],
                Repositories = file.Repository is { } repository ? [repository] : [],
            };
        }
        catch (TrustException e) when (e.Error is TrustError.InvalidKeyFile or TrustError.LocalFile or TrustError.TooLarge)
        {
            // Not a key: others keep their files there as well.
            return null;
        }
    }
}
