using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Json;

namespace TrustService.Server.OnlineKeys;

/// <summary>The secret under which online keys are sealed. It is never in the database, a log or a message.</summary>
internal sealed class MasterKey : IDisposable
{
    /// <summary>Bytes of a master key.</summary>
    public const int Length = 32;

    private const int IdLength = 8;
    private readonly byte[] sealing;

    /// <summary>Takes the key's bytes; the caller clears its own.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.OnlineKeyUnavailable"/> if they are not <see cref="Length"/>.</exception>
    public MasterKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Length)
            throw new TrustException(TrustError.OnlineKeyUnavailable, $"The master key has {key.Length} bytes; {Length} are needed.") { Hint = "Make one with: openssl rand -base64 32" };
        // Derived, so that neither the id nor what is sealed says anything about the key itself.
        sealing = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        HKDF.Expand(HashAlgorithmName.SHA256, key, sealing, "trust online key sealing"u8);
        Span<byte> id = stackalloc byte[IdLength];
        HKDF.Expand(HashAlgorithmName.SHA256, key, id, "trust master key id"u8);
        Id = Hex.Encode(id);
    }

    /// <summary>Public name of the key, 16 hexadecimal digits: tells one master key from another.</summary>
    public string Id { get; }

    /// <summary>The key for AES-256-GCM.</summary>
    public ReadOnlySpan<byte> Sealing => sealing;

    /// <summary>Reads a key in base64.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.OnlineKeyUnavailable"/>.</exception>
    public static MasterKey Parse(ReadOnlySpan<char> base64, string source)
    {
        Span<byte> bytes = stackalloc byte[Length + 1];
        try
        {
            return Convert.TryFromBase64Chars(base64.Trim(), bytes, out var length) && length == Length
                ? new MasterKey(bytes[..length])
                : throw new TrustException(TrustError.OnlineKeyUnavailable, $"{source} does not hold a master key: {Length} bytes in base64 are needed.") { Hint = "Make one with: openssl rand -base64 32" };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(sealing);

    /// <summary>Nothing of the key.</summary>
    public override string ToString() => $"master key {Id}";
}
