using System.Formats.Asn1;
using System.Security.Cryptography;
using TrustService.Errors;

namespace TrustService.Keys;

/// <summary>The envelope around an encrypted private key: PKCS#8 with PBES2. Source: RFC 5958 §3, RFC 8018 §6.2.</summary>
/// <remarks>Written by hand because the base library has no Ed25519 key to write it for; one code path serves every kind.</remarks>
internal static class EncryptedPkcs8
{
    /// <summary>Rounds of PBKDF2 in what is written: about a quarter of a second for each guess.</summary>
    public const int DefaultIterations = 600_000;

    /// <summary>Rounds of PBKDF2 that are read at the most, so that a file cannot stop the program.</summary>
    public const int MaxIterations = 5_000_000;

    private const int MaxSaltBytes = 1024;
    private const int SaltBytes = 16;
    private const int BlockBytes = 16;

    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";
    private const string HmacSha256 = "1.2.840.113549.2.9";
    private const string Aes256Cbc = "2.16.840.1.101.3.4.1.42";

    /// <summary>Encrypts with PBKDF2-HMAC-SHA256 and AES-256-CBC.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> pkcs8, ReadOnlySpan<byte> passphrase, int iterations) =>
        Encrypt(pkcs8, passphrase, iterations, HashAlgorithmName.SHA256);

    /// <summary>Encrypts with PBKDF2-HMAC-SHA1, all that Notary's and Docker's clients read, but with many more rounds than they use.</summary>
    public static byte[] EncryptForNotary(ReadOnlySpan<byte> pkcs8, ReadOnlySpan<byte> passphrase) =>
        Encrypt(pkcs8, passphrase, DefaultIterations, HashAlgorithmName.SHA1);

    private static byte[] Encrypt(ReadOnlySpan<byte> pkcs8, ReadOnlySpan<byte> passphrase, int iterations, HashAlgorithmName hash)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var iv = RandomNumberGenerator.GetBytes(BlockBytes);
        using var aes = MakeAes(passphrase, new Parameters(salt, iterations, hash, 32, iv));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Pbes2);
                using (writer.PushSequence())
                {
                    WriteKeyDerivation(writer, salt, iterations, hash);
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(Aes256Cbc);
                        writer.WriteOctetString(iv);
                    }
                }
            }
            writer.WriteOctetString(aes.EncryptCbc(pkcs8, iv));
        }
        return writer.Encode();
    }

    /// <summary>Decrypts; the caller clears the result.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.WrongPassphrase"/> or <see cref="TrustError.InvalidKeyFile"/>.</exception>
    public static byte[] Decrypt(ReadOnlyMemory<byte> envelope, ReadOnlySpan<byte> passphrase)
    {
        var (parameters, encrypted) = Read(envelope);
        using var aes = MakeAes(passphrase, parameters);
        byte[] plain;
        try
        {
            plain = aes.DecryptCbc(encrypted, parameters.Iv);
        }
        catch (CryptographicException)
        {
            throw WrongPassphrase();
        }
        // One wrong passphrase in 256 leaves padding that looks right: the content tells.
        if (IsOneSequence(plain))
            return plain;
        CryptographicOperations.ZeroMemory(plain);
        throw WrongPassphrase();
    }

    private static void WriteKeyDerivation(AsnWriter writer, byte[] salt, int iterations, HashAlgorithmName hash)
    {
        using var sequence = writer.PushSequence();
        writer.WriteObjectIdentifier(Pbkdf2);
        using var parameters = writer.PushSequence();
        writer.WriteOctetString(salt);
        writer.WriteInteger(iterations);
        // The default is not written. Source: RFC 8018 A.2.
        if (hash == HashAlgorithmName.SHA1)
            return;
        using var algorithm = writer.PushSequence();
        writer.WriteObjectIdentifier(HmacSha256);
        writer.WriteNull();
    }

    private static (Parameters Parameters, byte[] Encrypted) Read(ReadOnlyMemory<byte> envelope)
    {
        try
        {
            var reader = new AsnReader(envelope, AsnEncodingRules.DER);
            var whole = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var algorithm = whole.ReadSequence();
            var encrypted = whole.ReadOctetString();
            whole.ThrowIfNotEmpty();
            var scheme = algorithm.ReadObjectIdentifier();
            if (scheme != Pbes2)
                throw Unsupported($"the scheme {scheme}");
            return (ReadParameters(algorithm.ReadSequence()), encrypted);
        }
        catch (AsnContentException e)
        {
            throw new TrustException(TrustError.InvalidKeyFile, "The key file cannot be used: its encrypted content is damaged.", e);
        }
    }

    private static Parameters ReadParameters(AsnReader pbes2)
    {
        var derivation = pbes2.ReadSequence();
        var encryption = pbes2.ReadSequence();
        pbes2.ThrowIfNotEmpty();
        var function = derivation.ReadObjectIdentifier();
        if (function != Pbkdf2)
            throw Unsupported($"the key derivation {function}");
        var pbkdf2 = derivation.ReadSequence();
        var salt = pbkdf2.ReadOctetString();
        if (!pbkdf2.TryReadInt32(out var iterations) || iterations is < 1 or > MaxIterations || salt.Length > MaxSaltBytes)
            throw Unsupported($"a key derivation with more than {MaxIterations} rounds or {MaxSaltBytes} bytes of salt, or with none");
        int? keyLength = null;
        if (pbkdf2.HasData && pbkdf2.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            keyLength = pbkdf2.TryReadInt32(out var length) ? length : 0;
        var hash = pbkdf2.HasData ? HashOf(pbkdf2.ReadSequence().ReadObjectIdentifier()) : HashAlgorithmName.SHA1;
        pbkdf2.ThrowIfNotEmpty();
        var keyBytes = KeyBytesOf(encryption.ReadObjectIdentifier());
        var iv = encryption.ReadOctetString();
        return iv.Length == BlockBytes && keyLength is null or 16 or 24 or 32 && (keyLength ?? keyBytes) == keyBytes
            ? new Parameters(salt, iterations, hash, keyBytes, iv)
            : throw Unsupported("a key or start value whose length does not fit its cipher");
    }

    private static HashAlgorithmName HashOf(string id) => id switch
    {
        "1.2.840.113549.2.7" => HashAlgorithmName.SHA1,
        HmacSha256 => HashAlgorithmName.SHA256,
        "1.2.840.113549.2.10" => HashAlgorithmName.SHA384,
        "1.2.840.113549.2.11" => HashAlgorithmName.SHA512,
        _ => throw Unsupported($"the pseudo-random function {id}"),
    };

    private static int KeyBytesOf(string id) => id switch
    {
        "2.16.840.1.101.3.4.1.2" => 16,
        "2.16.840.1.101.3.4.1.22" => 24,
        Aes256Cbc => 32,
        _ => throw Unsupported($"the cipher {id}"),
    };

    private static Aes MakeAes(ReadOnlySpan<byte> passphrase, Parameters parameters)
    {
        Span<byte> key = stackalloc byte[parameters.KeyBytes];
        Rfc2898DeriveBytes.Pbkdf2(passphrase, parameters.Salt, key, parameters.Iterations, parameters.Hash);
        var aes = Aes.Create();
        aes.SetKey(key);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    private static bool IsOneSequence(byte[] plain)
    {
        try
        {
            var reader = new AsnReader(plain, AsnEncodingRules.DER);
            var version = reader.ReadSequence().ReadInteger();
            return !reader.HasData && version >= 0 && version <= 1;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static TrustException WrongPassphrase() => new(TrustError.WrongPassphrase, "The passphrase does not open the key.");

    private static TrustException Unsupported(string what) =>
        new(TrustError.InvalidKeyFile, $"The key file cannot be used: it is encrypted with {what}, which is not read here.")
        {
            Hint = "Convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD.pem -out NEW.pem",
        };

    private sealed record Parameters(byte[] Salt, int Iterations, HashAlgorithmName Hash, int KeyBytes, byte[] Iv);
}
