using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>Compares bytes with the length and the hashes that their parent lists.</summary>
public static class FileIntegrity
{
    /// <summary>Refuses bytes that are not the listed ones: length first, then every hash with a known algorithm.</summary>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.LengthMismatch"/>, <see cref="TrustError.HashMismatch"/>, or
    /// <see cref="TrustError.NoSupportedHash"/> if hashes are listed and none has a known algorithm.
    /// </exception>
    public static void Check(ReadOnlySpan<byte> bytes, long? length, FileHashes? hashes, string name)
    {
        if (length is { } listed && listed != bytes.Length)
            throw new TrustException(TrustError.LengthMismatch, $"{name} has {bytes.Length} bytes; {listed} are listed.") { Role = name };
        if (hashes is null)
            return;
        var known = 0;
        foreach (var hash in hashes.Values)
        {
            var actual = hash.Algorithm switch
            {
                FileHashes.Sha256Name => SHA256.HashData(bytes),
                FileHashes.Sha512Name => SHA512.HashData(bytes),
                _ => null,
            };
            if (actual is null)
                continue;
            known++;
            if (!CryptographicOperations.FixedTimeEquals(actual, hash.Value.Span))
                throw new TrustException(TrustError.HashMismatch, $"{name} has the {hash.Algorithm} {Json.Hex.Encode(actual)}; {Json.Hex.Encode(hash.Value.Span)} is listed.") { Role = name };
        }
        if (known == 0)
            throw new TrustException(TrustError.NoSupportedHash, $"{name} is listed with {string.Join(", ", hashes.Values.Take(4).Select(hash => hash.Algorithm))} only; sha256 or sha512 is needed.") { Role = name };
    }
}
