using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Json;

namespace TrustService.Keys;

/// <summary>
/// Reads what OpenSSL and the first versions of Notary encrypted inside the PEM (<c>Proc-Type</c> and <c>DEK-Info</c>). Such
/// files are never written. Source: RFC 1421 §4.6; the key derivation is OpenSSL's EVP_BytesToKey with one round of MD5.
/// </summary>
internal static class OldPemEncryption
{
    private const int SaltBytes = 8;

    /// <summary>True if the block says that it is encrypted in this way.</summary>
    public static bool IsUsed(PemBlock block) => block.Headers.TryGetValue("Proc-Type", out var type) && type.EndsWith("ENCRYPTED", StringComparison.Ordinal);

    /// <summary>Decrypts; the caller clears the result.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.WrongPassphrase"/> or <see cref="TrustError.InvalidKeyFile"/>.</exception>
    public static byte[] Decrypt(PemBlock block, ReadOnlySpan<byte> passphrase)
    {
        var parts = block.Headers.GetValueOrDefault("DEK-Info", "").Split(',');
        if (parts.Length != 2 || !Hex.TryDecode(parts[1].Trim().ToLowerInvariant(), out var iv))
            throw new TrustException(TrustError.InvalidKeyFile, "The key file cannot be used: its DEK-Info names no cipher and start value.");
        using var cipher = MakeCipher(parts[0].Trim());
        if (iv.Length != cipher.BlockSize / 8)
            throw new TrustException(TrustError.InvalidKeyFile, "The key file cannot be used: the start value of its cipher has another length than a block.");
        var key = DeriveKey(passphrase, iv.AsSpan(0, SaltBytes), cipher.KeySize / 8);
        try
        {
            cipher.SetKey(key);
            return cipher.DecryptCbc(block.Content, iv);
        }
        catch (CryptographicException e)
        {
            throw new TrustException(TrustError.WrongPassphrase, "The passphrase does not open the key.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

#pragma warning disable CA5350, CA5351 // Old files are read as they are; the key leaves them for a strong envelope.
    private static SymmetricAlgorithm MakeCipher(string name)
    {
        SymmetricAlgorithm cipher = name == "DES-EDE3-CBC" ? TripleDES.Create() : Aes.Create();
        cipher.KeySize = name switch
        {
            "AES-128-CBC" => 128,
            "AES-192-CBC" or "DES-EDE3-CBC" => 192,
            "AES-256-CBC" => 256,
            _ => 0,
        } is var bits and > 0 ? bits : throw new TrustException(TrustError.InvalidKeyFile, "The key file cannot be used: it is encrypted with a cipher that is not read here.")
        {
            Hint = "Convert it: openssl pkcs8 -topk8 -in OLD.pem -out NEW.pem",
        };
        return cipher;
    }

    private static byte[] DeriveKey(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int bytes)
    {
        var key = new byte[bytes];
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        for (var at = 0; at < bytes; at += digest.Length)
        {
            if (at > 0)
                md5.AppendData(digest);
            md5.AppendData(passphrase);
            md5.AppendData(salt);
            md5.GetHashAndReset(digest);
            digest[..Math.Min(digest.Length, bytes - at)].CopyTo(key.AsSpan(at));
        }
        CryptographicOperations.ZeroMemory(digest);
        return key;
    }
#pragma warning restore CA5350, CA5351
}
