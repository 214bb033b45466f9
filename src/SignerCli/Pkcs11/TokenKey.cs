using System.Formats.Asn1;
using System.Security.Cryptography;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.Pkcs11;

/// <summary>A private key in a token.</summary>
/// <param name="token">The token, which is closed by whoever opened it.</param>
/// <param name="handle">The private key.</param>
/// <param name="known">Its public half.</param>
/// <param name="confirmation">Gets the PIN for a key that wants it at every signature; null for other keys.</param>
internal sealed class TokenKey(Token token, nuint handle, PublicKey known, Func<Passphrase>? confirmation) : ISigningKey
{
    // CKM_ECDSA, and CKM_RSA_PKCS_PSS with CKM_SHA256, CKG_MGF1_SHA256 and a salt as long as the digest.
    private const nuint Ecdsa = 0x1041;
    private const nuint RsaPss = 0xD;
    private static readonly nuint[] PssParameters = [0x250, 2, SHA256.HashSizeInBytes];

    /// <inheritdoc/>
    public SignatureScheme Scheme => known.Scheme;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Material => known.Material;

    /// <inheritdoc/>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public byte[] Sign(ReadOnlySpan<byte> payload)
    {
        var signature = Scheme switch
        {
            SignatureScheme.EcdsaP256Sha256 => WriteEcdsa(token.Sign(handle, Ecdsa, [], SHA256.HashData(payload), confirmation)),
            SignatureScheme.EcdsaP384Sha384 => WriteEcdsa(token.Sign(handle, Ecdsa, [], SHA384.HashData(payload), confirmation)),
            SignatureScheme.RsaPssSha256 => token.Sign(handle, RsaPss, PssParameters, SHA256.HashData(payload), confirmation),
            _ => throw new TrustException(TrustError.KeyUnavailable, $"Keys of the scheme {Scheme} are not used in tokens."),
        };
        return OthersSignatures.Require(known, payload, signature, token.Name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The token stays open for other keys on it, until the run ends.
    }

    // Tokens give r and s, each as long as the field. Source: PKCS #11 2.40 §2.3.1.
    private static byte[] WriteEcdsa(byte[] signature)
    {
        var half = signature.Length / 2;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Shortened(signature.AsSpan(0, half)));
            writer.WriteIntegerUnsigned(Shortened(signature.AsSpan(half)));
        }
        return writer.Encode();
    }

    private static ReadOnlySpan<byte> Shortened(ReadOnlySpan<byte> number) => number.TrimStart((byte)0) is { IsEmpty: false } shorter ? shorter : [0];
}
