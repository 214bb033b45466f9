using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Json;

namespace TrustService.Oci;

/// <summary>A content digest, sha256 or sha512. Source: OCI image-spec 1.1, Digests.</summary>
public sealed record Digest
{
    /// <summary>Name of SHA-256 in digests and in TUF's hashes.</summary>
    public const string Sha256 = "sha256";

    /// <summary>Name of SHA-512 in digests and in TUF's hashes.</summary>
    public const string Sha512 = "sha512";

    private Digest(string algorithm, string hex) => (Algorithm, Hex) = (algorithm, hex);

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The hash in lower-case hexadecimal: 64 digits for sha256, 128 for sha512.</summary>
    public string Hex { get; }

    /// <summary>Start and end of the digest for people, as <c>sha256:9995…4662</c>. Never for comparing.</summary>
    public string Short => $"{Algorithm}:{Hex[..4]}…{Hex[^4..]}";

    /// <summary>Reads <c>algorithm:hex</c>.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidDigest"/>.</exception>
    public static Digest Parse(string text) => TryParse(text, out var digest) ? digest : throw Invalid(text);

    /// <summary>Reads <c>algorithm:hex</c>; false if it is anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Digest? digest)
    {
        digest = null;
        var colon = text?.IndexOf(':') ?? -1;
        return colon > 0 && TryFromHex(text![..colon], text[(colon + 1)..], out digest);
    }

    /// <summary>Makes a digest of an algorithm's name and a hash in lower-case hexadecimal.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidDigest"/>.</exception>
    public static Digest FromHex(string algorithm, string hex) =>
        TryFromHex(algorithm, hex, out var digest) ? digest : throw Invalid($"{algorithm}:{hex}");

    /// <summary>Makes a digest; false if the algorithm is unknown or the hash is not lower-case hexadecimal of its length.</summary>
    public static bool TryFromHex(string algorithm, string hex, [NotNullWhen(true)] out Digest? digest)
    {
        digest = algorithm switch
        {
            Sha256 when Json.Hex.IsLower(hex, 64) => new Digest(Sha256, hex),
            Sha512 when Json.Hex.IsLower(hex, 128) => new Digest(Sha512, hex),
            _ => null,
        };
        return digest is not null;
    }

    /// <summary>The SHA-256 digest of <paramref name="bytes"/>.</summary>
    public static Digest OfSha256(ReadOnlySpan<byte> bytes) => new(Sha256, Json.Hex.Encode(SHA256.HashData(bytes)));

    /// <summary>The SHA-512 digest of <paramref name="bytes"/>.</summary>
    public static Digest OfSha512(ReadOnlySpan<byte> bytes) => new(Sha512, Json.Hex.Encode(SHA512.HashData(bytes)));

    /// <summary>True if this is the digest of <paramref name="bytes"/>; takes the same time wherever they differ.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes)
    {
        Span<byte> actual = stackalloc byte[SHA512.HashSizeInBytes];
        var length = Algorithm == Sha256 ? SHA256.HashData(bytes, actual) : SHA512.HashData(bytes, actual);
        return CryptographicOperations.FixedTimeEquals(actual[..length], Convert.FromHexString(Hex));
    }

    /// <summary>The digest as <c>algorithm:hex</c>.</summary>
    public override string ToString() => $"{Algorithm}:{Hex}";

    private static TrustException Invalid(string text) =>
        new(TrustError.InvalidDigest, $"{Quoted.Text(text)} is not a digest.")
        {
            Hint = "A digest is sha256: and 64 lower-case hexadecimal digits (or sha512: and 128).",
        };
}
