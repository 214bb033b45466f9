using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Formats.Notary;

/// <summary>Notary's key objects: <c>{"keytype":…,"keyval":{"private":null,"public":…}}</c>, the public half in Base64.</summary>
internal static class NotaryKey
{
    public const string EcdsaCertificate = "ecdsa-x509";
    public const string RsaCertificate = "rsa-x509";

    private const string Ecdsa = "ecdsa";
    private const string Rsa = "rsa";
    private const string Ed25519 = "ed25519";

    /// <summary>Reads a key; one of a kind that is not known, or that cannot be read, comes back as unusable.</summary>
    public static PublicKey Read(KeyId id, JsonObjectReader key)
    {
        var keyType = key.Text("keytype");
        var (text, bytes) = PublicPart(key);
        if (HoldsSecret(key.Object("keyval").Optional("private")) || Latin1(bytes).Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new TrustException(TrustError.PrivateKeyInMetadata, $"{key.Place} holds a private key, which nobody but its owner may see.") { Hint = "Treat that key as stolen: make a new one, rotate the role to it, and never publish this file." };
        // Every other reader refuses the whole file as well.
        if (ComputeId(keyType, text) is var computed && computed != id)
            throw new TrustException(TrustError.UnacceptableKey, $"{key.Place} is listed under an id that is not its own; {computed.Value} is.");
        var isUsable = TryRead(keyType, bytes, out var material, out var scheme);
        return new PublicKey
        {
            Id = id,
            Scheme = isUsable ? scheme : SignatureScheme.Unknown,
            Material = isUsable ? material : default,
            Source = key.Element,
        };
    }

    /// <summary>The id of a key object: SHA-256 of its canonical form with <c>"private":null</c>, whatever else stands in it.</summary>
    public static KeyId ComputeId(JsonElement key)
    {
        var reader = new JsonObjectReader(key, "key");
        return ComputeId(reader.Text("keytype"), reader.Object("keyval").Text("public"));
    }

    /// <summary>The certificates of a key, or null if it is a bare public key.</summary>
    public static byte[]? CertificatesOf(PublicKey key)
    {
        var reader = new JsonObjectReader(key.Source, "key");
        return reader.Text("keytype") is EcdsaCertificate or RsaCertificate ? PublicPart(reader).Bytes : null;
    }

    /// <summary>Writes a bare public key.</summary>
    public static JsonElement Write(SignatureScheme scheme, ReadOnlyMemory<byte> material) => Write(scheme switch
    {
        SignatureScheme.EcdsaP256Sha256 or SignatureScheme.EcdsaP384Sha256 or SignatureScheme.EcdsaP521Sha256 => Ecdsa,
        SignatureScheme.RsaPssSha256 => Rsa,
        SignatureScheme.Ed25519 => Ed25519,
        _ => throw new TrustException(TrustError.UnacceptableKey, $"Notary metadata has no way to write a key of the scheme {scheme}."),
    }, material.Span);

    /// <summary>Writes a key object.</summary>
    public static JsonElement Write(string keyType, ReadOnlySpan<byte> publicPart) => KeyObject(keyType, Base64Text.Encode(publicPart));

    private static KeyId ComputeId(string keyType, string text) => new(Hex.Encode(SHA256.HashData(CanonicalJson.Encode(KeyObject(keyType, text)))));

    private static JsonElement KeyObject(string keyType, string text) => JsonWriting.Element(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("keytype", keyType);
        writer.WriteStartObject("keyval");
        writer.WriteNull("private");
        writer.WriteString("public", text);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private static (string Text, byte[] Bytes) PublicPart(JsonObjectReader key)
    {
        var text = key.Object("keyval").Text("public");
        // Base64 with other white space or padding would have another id in other readers.
        return Base64Text.TryDecode(text, out var bytes) ? (text, bytes) : throw key.Refuse("has a public key that is not Base64");
    }

    private static bool TryRead(string keyType, byte[] bytes, out byte[]? material, out SignatureScheme scheme)
    {
        scheme = SignatureScheme.Unknown;
        material = null;
        if (bytes.Length > KeyMaterial.MaxTextLength)
            return false;
        switch (keyType)
        {
            case Ecdsa:
                return KeyMaterial.TryEcdsaForSha256(bytes, out material, out scheme);
            case Rsa:
                // Keys of an old Python tool are PEM text.
                return (KeyMaterial.TryFromSubjectPublicKeyInfo(bytes, out material, out scheme) || KeyMaterial.TryFromPem(Latin1(bytes), out material, out scheme))
                    && scheme == SignatureScheme.RsaPssSha256;
            case Ed25519:
                scheme = SignatureScheme.Ed25519;
                return KeyMaterial.TryFromEd25519(bytes, out material);
            case EcdsaCertificate:
                return LeafCertificate.InfoOf(bytes) is { } ecdsa && KeyMaterial.TryEcdsaForSha256(ecdsa, out material, out scheme);
            case RsaCertificate:
                return LeafCertificate.InfoOf(bytes) is { } rsa && KeyMaterial.TryFromSubjectPublicKeyInfo(rsa, out material, out scheme) && scheme == SignatureScheme.RsaPssSha256;
            default:
                return false;
        }
    }

    private static bool HoldsSecret(JsonElement? value) =>
        value is { } secret && secret.ValueKind != JsonValueKind.Null && !(secret.ValueKind == JsonValueKind.String && secret.GetString() is "");

    private static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
