namespace TrustService.Cli.KeyStores;

/// <summary>The schemes of key references: everything that <c>--key</c> takes besides ids, labels and paths.</summary>
internal static class KeyUris
{
    /// <summary>A key file.</summary>
    public const string File = "file://";

    /// <summary>A key file in an environment variable.</summary>
    public const string Environment = "env://";

    /// <summary>A key in a token. Source: RFC 7512.</summary>
    public const string Token = "pkcs11:";

    /// <summary>A program that signs.</summary>
    public const string Program = "exec:";

    /// <summary>Where the key behind a URI of a key that only signs lives; null for every other text.</summary>
    public static KeyOrigin? OriginOf(string text) =>
        text.StartsWith(Token, StringComparison.Ordinal) ? KeyOrigin.Token
        : text.StartsWith(Program, StringComparison.Ordinal) ? KeyOrigin.Program
        : null;
}
