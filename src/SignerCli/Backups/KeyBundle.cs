using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Keys;

namespace TrustService.Cli.Backups;

/// <summary>One file with several private keys and what is noted of them, encrypted with a passphrase of its own: PBKDF2-HMAC-SHA256 and AES-256-GCM.</summary>
internal static class KeyBundle
{
    /// <summary>Bytes of a file at the most.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const string Kind = "signer-key-backup";
    private const int Version = 1;
    private const int Rounds = 600_000;
    private const int MaxRounds = 5_000_000;
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Encrypts keys.</summary>
    /// <param name="keys">What is noted of each, and the key.</param>
    /// <param name="passphrase">UTF-8.</param>
    /// <param name="made">The time now, UTC.</param>
    public static byte[] Write(IReadOnlyList<(KeyEntry Entry, IExportableKey Key)> keys, ReadOnlySpan<byte> passphrase, DateTimeOffset made)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var plain = Pack(keys);
        var content = new byte[plain.Length + TagBytes];
        try
        {
            using var cipher = Cipher(passphrase, salt, Rounds);
            cipher.Encrypt(nonce, plain, content.AsSpan(..^TagBytes), content.AsSpan(^TagBytes..), Associated(Rounds));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
        return
        [
            .. JsonWriting.Bytes(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("kind", Kind);
                writer.WriteNumber("version", Version);
                writer.WriteTime("made", made);
                writer.WriteNumber("rounds", Rounds);
                writer.WriteBase64String("salt", salt);
                writer.WriteBase64String("nonce", nonce);
                writer.WriteBase64String("content", content);
                writer.WriteEndObject();
            }),
            (byte)'\n',
        ];
    }

    /// <summary>True if a file starts like one.</summary>
    public static bool IsOne(ReadOnlySpan<byte> file) => file.TrimStart(" \t\r\n"u8).StartsWith("{"u8);

    /// <summary>Decrypts keys; the caller disposes them.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.WrongPassphrase"/> or <see cref="TrustError.InvalidBackup"/>.</exception>
    public static IReadOnlyList<RestoredKey> Read(ReadOnlySpan<byte> file, Passphrase passphrase)
    {
        var (rounds, salt, nonce, content) = ReadEnvelope(file);
        var plain = new byte[content.Length - TagBytes];
        try
        {
            using var cipher = Cipher(passphrase.Utf8, salt, rounds);
            cipher.Decrypt(nonce, content.AsSpan(..^TagBytes), content.AsSpan(^TagBytes..), plain, Associated(rounds));
            return Unpack(plain);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new TrustException(TrustError.WrongPassphrase, "The passphrase does not open the backup, or the backup is damaged.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Reads what stands around the encrypted content.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidBackup"/></exception>
    internal static (int Rounds, byte[] Salt, byte[] Nonce, byte[] Content) ReadEnvelope(ReadOnlySpan<byte> file)
    {
        try
        {
            var reader = new JsonObjectReader(StrictJson.Parse(file, JsonLimits.OfBytes(MaxBytes)), "the backup");
            if (reader.Text("kind") != Kind || reader.Integer("version", 0, int.MaxValue) != Version)
                throw new TrustException(TrustError.InvalidBackup, $"The file is no {Kind} of version {Version}.");
            var rounds = (int)reader.Integer("rounds", 1, MaxRounds);
            var (salt, nonce, content) = (Bytes("salt"), Bytes("nonce"), Bytes("content"));
            return nonce.Length == NonceBytes && content.Length >= TagBytes ? (rounds, salt, nonce, content) : throw reader.Refuse("has a nonce or a content of a wrong length");

            byte[] Bytes(string name) => reader.Required(name).TryGetBytesFromBase64(out var bytes) ? bytes : throw reader.Refuse($"has a {name} that is not Base64");
        }
        catch (Exception e) when (e is InvalidOperationException or TrustException { Error: TrustError.MalformedJson or TrustError.MalformedMetadata or TrustError.TooLarge })
        {
            throw new TrustException(TrustError.InvalidBackup, $"The backup cannot be read: {e.Message}", e);
        }
    }

    // Of each key: its description and its PKCS#8, each behind its length. Written into one buffer, which is cleared.
    private static byte[] Pack(IReadOnlyList<(KeyEntry Entry, IExportableKey Key)> keys)
    {
        var parts = keys.SelectMany(key => new[] { KeyDescription.Write(key.Entry), key.Key.ExportPkcs8() }).ToList();
        var packed = new byte[parts.Sum(part => sizeof(int) + part.Length)];
        var rest = packed.AsSpan();
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32BigEndian(rest, part.Length);
            part.CopyTo(rest[sizeof(int)..]);
            rest = rest[(sizeof(int) + part.Length)..];
            CryptographicOperations.ZeroMemory(part);
        }
        return packed;
    }

    private static List<RestoredKey> Unpack(ReadOnlySpan<byte> packed)
    {
        var keys = new List<RestoredKey>();
        try
        {
            while (!packed.IsEmpty)
            {
                var entry = KeyDescription.Read(Next(ref packed), "", "");
                var key = SigningKeys.ImportPkcs8(Next(ref packed));
                keys.Add(new RestoredKey(entry, key));
                if (!entry.IsSame(FileKeyStore.Describe(key.Scheme, key.Material)))
                    throw new TrustException(TrustError.InvalidBackup, $"The key {entry.Name} in the backup is not the one that its description names.");
            }
            return keys;
        }
        catch (Exception e) when (e is TrustException or ArgumentOutOfRangeException)
        {
            foreach (var key in keys)
                key.Dispose();
            throw e is TrustException { Error: TrustError.InvalidBackup } ? e : new TrustException(TrustError.InvalidBackup, "The passphrase is right, but the content of the backup is not.", e);
        }
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> packed)
    {
        var part = packed.Slice(sizeof(int), BinaryPrimitives.ReadInt32BigEndian(packed));
        packed = packed[(sizeof(int) + part.Length)..];
        return part;
    }

    private static byte[] Associated(int rounds) => Encoding.ASCII.GetBytes($"{Kind} {Version} {rounds}");

    private static AesGcm Cipher(ReadOnlySpan<byte> passphrase, byte[] salt, int rounds)
    {
        Span<byte> key = stackalloc byte[32];
        Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, key, rounds, HashAlgorithmName.SHA256);
        var cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
