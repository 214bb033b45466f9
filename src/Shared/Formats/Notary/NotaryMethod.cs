using TrustService.Metadata;

namespace TrustService.Formats.Notary;

/// <summary>Names of signature methods. <c>rsapkcs1v15</c> is none of them: its padding is the weaker one, no tool writes it, and it never counts.</summary>
internal static class NotaryMethod
{
    public static SignatureMethod Parse(string text) => text.ToLowerInvariant() switch
    {
        "ecdsa" => SignatureMethod.Ecdsa,
        "rsapss" or "pycrypto-pkcs#1 pss" => SignatureMethod.RsaPss,
        "eddsa" => SignatureMethod.EdDsa,
        _ => SignatureMethod.Unknown,
    };

    public static string Write(SignatureMethod method) => method switch
    {
        SignatureMethod.Ecdsa => "ecdsa",
        SignatureMethod.RsaPss => "rsapss",
        SignatureMethod.EdDsa => "eddsa",
        _ => throw new ArgumentException($"Notary metadata has no name for the method {method}.", nameof(method)),
    };
}
