using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Client;

/// <summary>Files of former runs: how they are called in the cache, and what becomes of those that are not current.</summary>
internal static class StoredFile
{
    private const int MaxNameLength = 200;

    /// <summary>The name of a role's file: a single one, whatever the format's names on a server are.</summary>
    public static string NameOf(RoleName role)
    {
        var name = Uri.EscapeDataString(role.Value) + ".json";
        // Escapes make names longer than some disks can hold.
        return name.Length <= MaxNameLength ? name : $"{Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(role.Value)))}.json";
    }

    /// <summary>Accepts a stored file where nothing may be fetched.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static TTrusted Accept<TTrusted>(RoleName role, byte[]? stored, Func<ReadOnlyMemory<byte>, TTrusted> accept)
    {
        try
        {
            return accept(stored ?? throw Missing(role));
        }
        // Left over from an update that did not come to its end: that is no attack.
        catch (TrustException e) when (e.Error is TrustError.LengthMismatch or TrustError.HashMismatch or TrustError.VersionMismatch)
        {
            throw Missing(role);
        }
    }

    /// <summary>Accepts a stored file, or says with null that it is not the current one; the source has that.</summary>
    public static TTrusted? TryAccept<TTrusted>(Func<TTrusted> accept)
        where TTrusted : class
    {
        try
        {
            return accept();
        }
        catch (TrustException)
        {
            return null;
        }
    }

    /// <summary>Takes a file over from runs under other keys: after a rotation, what they kept is most often still current.</summary>
    /// <returns>Null if none of them is accepted.</returns>
    public static TTrusted? TakeOver<TTrusted>(IMetadataCache cache, string name, Func<ReadOnlyMemory<byte>, TTrusted> accept)
        where TTrusted : class
    {
        foreach (var other in cache.Others)
        {
            if (other.Read(name) is not { } file || TryAccept(() => accept(file)) is not { } taken)
                continue;
            cache.Write(name, file);
            return taken;
        }
        return null;
    }

    /// <summary>The refusal where a file is needed that is not stored.</summary>
    public static TrustException Missing(RoleName role) =>
        new(TrustError.ServerUnreachable, $"The current {role} is not in the cache, and nothing may be fetched offline.") { Role = role.Value, Hint = "Run the same command once without --offline." };
}
