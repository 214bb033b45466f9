using System.Security.Cryptography;

namespace TrustService.Cli.KeyStores;

/// <summary>A passphrase in memory, cleared after use. An empty one is a passphrase as well.</summary>
internal sealed class Passphrase(byte[] utf8) : IDisposable
{
    /// <summary>Bytes of a passphrase at the most, with the end of its line.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The passphrase as UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8 => utf8;

    /// <summary>The first line, without its end: that is what editors and echo leave behind.</summary>
    public static Passphrase OfFirstLine(ReadOnlySpan<byte> bytes) =>
        new((bytes.IndexOf((byte)'\n') is var end and >= 0 ? bytes[..end] : bytes).TrimEnd((byte)'\r').ToArray());

    /// <summary>True if both are the same; takes the same time wherever they differ.</summary>
    public bool Matches(Passphrase other) => CryptographicOperations.FixedTimeEquals(utf8, other.Utf8);

    /// <summary>Never the passphrase.</summary>
    public override string ToString() => "(passphrase)";

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(utf8);
}
