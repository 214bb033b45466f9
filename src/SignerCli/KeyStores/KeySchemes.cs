using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>The kinds of keys by the names that people give them.</summary>
internal static class KeySchemes
{
    /// <summary>The names for the command line.</summary>
    public static readonly string[] Names = ["p256", "p384", "ed25519", "rsa"];

    /// <summary>The scheme behind a name.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static SignatureScheme Parse(string name) => name switch
    {
        "p256" => SignatureScheme.EcdsaP256Sha256,
        "p384" => SignatureScheme.EcdsaP384Sha384,
        "ed25519" => SignatureScheme.Ed25519,
        "rsa" => SignatureScheme.RsaPssSha256,
        _ => throw new TrustException(TrustError.Usage, $"There is no kind of key called {name}.") { Hint = $"Kinds are: {string.Join(", ", Names)}." },
    };

    /// <summary>The names of some kinds.</summary>
    public static IEnumerable<string> NamesOf(IEnumerable<SignatureScheme> schemes) => Names.Where(name => schemes.Contains(Parse(name)));

    /// <summary>The name on a terminal.</summary>
    public static string Describe(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaP256Sha256 => "ECDSA P-256",
        SignatureScheme.EcdsaP384Sha384 => "ECDSA P-384",
        SignatureScheme.Ed25519 => "Ed25519",
        SignatureScheme.RsaPssSha256 => "RSA-PSS",
        _ => "unknown",
    };

    /// <summary>The name in JSON: the scheme as TUF metadata has it.</summary>
    public static string JsonName(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaP256Sha256 => "ecdsa-sha2-nistp256",
        SignatureScheme.EcdsaP384Sha384 => "ecdsa-sha2-nistp384",
        SignatureScheme.Ed25519 => "ed25519",
        SignatureScheme.RsaPssSha256 => "rsassa-pss-sha256",
        _ => "unknown",
    };
}
