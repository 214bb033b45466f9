using System.Collections.Immutable;
using System.Security.Cryptography;

namespace TrustService.Metadata;

/// <summary>The hashes that metadata lists for a file, in listed order.</summary>
public sealed class FileHashes
{
    /// <summary>The name of SHA-256.</summary>
    public const string Sha256Name = "sha256";

    /// <summary>The name of SHA-512.</summary>
    public const string Sha512Name = "sha512";

    /// <summary>Takes over a list with at least one entry.</summary>
    public FileHashes(ImmutableArray<FileHash> values) => Values = values;

    /// <summary>All listed hashes, unknown algorithms included.</summary>
    public ImmutableArray<FileHash> Values { get; }

    /// <summary>The listed SHA-256, or null.</summary>
    public ReadOnlyMemory<byte>? Sha256 => Find(Sha256Name);

    /// <summary>The SHA-256 of <paramref name="bytes"/> as the only hash.</summary>
    public static FileHashes OfSha256(ReadOnlySpan<byte> bytes) => FromSha256(SHA256.HashData(bytes));

    /// <summary>A known SHA-256 as the only hash.</summary>
    /// <param name="sha256">32 bytes.</param>
    public static FileHashes FromSha256(ReadOnlyMemory<byte> sha256) => new([new FileHash(Sha256Name, sha256)]);

    /// <summary>The listed hash of that algorithm, or null.</summary>
    public ReadOnlyMemory<byte>? Find(string algorithm)
    {
        foreach (var hash in Values)
        {
            if (hash.Algorithm == algorithm)
                return hash.Value;
        }
        return null;
    }

    /// <summary>True if both list the same algorithms with the same values.</summary>
    public bool ContentEquals(FileHashes other) =>
        Values.Length == other.Values.Length
        && Values.All(hash => other.Find(hash.Algorithm) is { } value && value.Span.SequenceEqual(hash.Value.Span));
}
