using TrustService.Errors;

namespace TrustService.Keys;

/// <summary>Says what a file is that holds no private key in PEM form, as far as its beginning tells, and shows nothing of it.</summary>
internal static class NoPrivateKey
{
    private const byte DerSequence = 0x30;

    /// <summary>The refusal of a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="blocks">Its PEM blocks, none of them a private key.</param>
    public static TrustException In(ReadOnlySpan<byte> file, IReadOnlyList<PemBlock> blocks)
    {
        var (problem, hint) = Explain(file.TrimStart(" \t\r\n"u8), blocks);
        return new TrustException(TrustError.InvalidKeyFile, $"The key file cannot be used: {problem}.") { Hint = hint };
    }

    private static (string Problem, string Hint) Explain(ReadOnlySpan<byte> file, IReadOnlyList<PemBlock> blocks) =>
        blocks.Any(block => block.Label == "PUBLIC KEY") ? ("it holds a public key and no private one", "The private half is in another file, or in the key store: signer key list")
        : blocks.Any(block => block.Label == "CERTIFICATE") ? ("it holds a certificate and no private key", "The private key of a certificate is in another file.")
        : file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || file.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? ("it is UTF-16", "Save it as plain text (ASCII or UTF-8).")
        // "-----BEGIN" in base64.
        : file.StartsWith("LS0tLS1CRUdJTi"u8) ? ("it is the base64 of a PEM file", "Decode it first: base64 -d")
        : file is [DerSequence, ..] ? ("it is DER or PKCS#12, not PEM", "Convert it: openssl pkcs8 -topk8 -inform DER -in OLD -out NEW.pem, of a .p12 or .pfx: openssl pkcs12 -in OLD -nocerts -out NEW.pem")
        : ("it holds no private key in PEM form", "A key file starts with a line such as -----BEGIN ENCRYPTED PRIVATE KEY-----.");
}
