using TrustService.Errors;

namespace TrustService.Cli.KeyStores;

/// <summary>The text of a private key where the name of a key belongs: <c>--key "$CI_KEY"</c> instead of <c>--key env://CI_KEY</c>.</summary>
internal static class KeyText
{
    /// <summary>True if an argument is such a text, or what a shell makes of one without quotes.</summary>
    public static bool IsOne(string argument) =>
        argument.Contains("-----BEGIN", StringComparison.Ordinal)
        || argument.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
        // The same in base64.
        || argument.Contains("LS0tLS1CRUdJTi", StringComparison.Ordinal);

    /// <summary>The refusal, which shows nothing of it.</summary>
    public static TrustException Refusal() => new(TrustError.Usage, "The text of a key is on the command line, where everybody on this machine can read it.")
    {
        Hint = "Name the key instead: --key env://VARIABLE, or --key FILE. If it is not encrypted, replace the key.",
    };
}
