using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>The root that a verifier was given by a way that it trusts: the file, or its fingerprint <c>root:VERSION:sha256:HEX</c>.</summary>
public sealed partial record RootPin : TrustAnchor
{
    private RootPin(long version, string sha256, ReadOnlyMemory<byte>? file)
    {
        Version = version;
        Sha256 = sha256;
        File = file;
    }

    /// <summary>The version of the pinned root.</summary>
    public long Version { get; }

    /// <summary>Lower-case hex SHA-256 of the pinned file.</summary>
    public string Sha256 { get; }

    /// <summary>The pinned file, or null if only its fingerprint is known.</summary>
    public ReadOnlyMemory<byte>? File { get; }

    /// <summary>The fingerprint of the pinned file.</summary>
    public string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"root:{Version}:sha256:{Sha256}");

    /// <inheritdoc/>
    public override string Text => Fingerprint;

    internal override string CacheKey => Sha256;

    internal override ReadOnlyMemory<byte>? FirstRoot => File;

    internal override long? FirstVersion => Version;

    /// <summary>Pins a file; it must be signed by its own threshold.</summary>
    /// <exception cref="TrustException">A coded refusal of the root.</exception>
    public static RootPin OfFile(IMetadataFormat format, ReadOnlyMemory<byte> file)
    {
        var root = TrustedRoot.Pin(format, file, VerificationLimits.Default);
        return new RootPin(root.Version, Hex.Encode(SHA256.HashData(file.Span)), file);
    }

    /// <summary>Reads a fingerprint.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static RootPin ParseFingerprint(string text)
    {
        var match = Pattern().Match(text);
        return match.Success
            ? new RootPin(long.Parse(match.Groups["version"].ValueSpan, CultureInfo.InvariantCulture), match.Groups["sha256"].Value, null)
            : throw new TrustException(TrustError.Usage, $"\"{(text.Length > 100 ? text[..100] + "…" : text)}\" is not the fingerprint of a root.") { Hint = "A fingerprint is like root:1:sha256:5d1c… with 64 hex digits; signer init and signer root export --fingerprint print it." };
    }

    /// <summary>True if text looks like a fingerprint rather than like a file name.</summary>
    public static bool IsFingerprint(string text) => text.StartsWith("root:", StringComparison.Ordinal);

    internal override void RequireFirst(ReadOnlySpan<byte> file, string location)
    {
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(file), Convert.FromHexString(Sha256)))
            throw new TrustException(TrustError.RootMismatch, $"Root {Version} at {location} has the SHA-256 {Hex.Encode(SHA256.HashData(file))}, which is not the pinned {Sha256}.") { Role = "root", Hint = "Do not trust that server. Ask the repository's owners for the fingerprint of their root." };
    }

    [GeneratedRegex(@"\Aroot:(?<version>[1-9][0-9]{0,14}):sha256:(?<sha256>[0-9a-f]{64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
