using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>Signatures that something else than this program made.</summary>
internal static class OthersSignatures
{
    /// <summary>Hands a signature on only if it is one of the key.</summary>
    /// <param name="key">The public key.</param>
    /// <param name="payload">What was to be signed.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="signer">How messages name what made it.</param>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public static byte[] Require(PublicKey key, ReadOnlySpan<byte> payload, byte[] signature, string signer) => SignatureVerifier.Verify(key, payload, signature)
        ? signature
        : throw new TrustException(TrustError.KeyUnavailable, $"The signature that {signer} made is not one of the key {key.Id.Short}. It was not used.") { Hint = "Another key may have taken its place there. If that was meant, it is another key: remove this entry and import the new one." };
}
