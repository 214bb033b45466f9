using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Keys;

namespace TrustService.Cli.KeyStores;

/// <summary>Proves that a private key signs, and that its public half is the one that it says.</summary>
internal static class KeyProof
{
    private const int NonceBytes = 32;

    /// <summary>Lets the key sign something that is no metadata and will never be.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public static void Require(ISigningKey key)
    {
        byte[] message = [.. "signer: proof of a key, valid for nothing else\n"u8, .. RandomNumberGenerator.GetBytes(NonceBytes)];
        OthersSignatures.Require(FileKeyStore.Describe(key.Scheme, key.Material), message, key.Sign(message), "the key");
    }
}
