using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Formats.Tuf;

/// <summary>TUF key objects. Source: TUF 1.0.34 §4.2.2.</summary>
internal static class TufKey
{
    /// <summary>Reads a key; one of a kind that is not known, or that cannot be read, comes back as unusable.</summary>
    public static PublicKey Read(KeyId id, JsonObjectReader key)
    {
        var keyType = key.Text("keytype");
        var scheme = key.Text("scheme");
        var value = key.Object("keyval");
        // A key of an unknown kind may name itself in another way; it is kept, and it never counts.
        var text = value.Optional("public") is { ValueKind: JsonValueKind.String } found ? found.GetString()! : "";
        if (HoldsSecret(value.Optional("private")) || key.Element.GetRawText().Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new TrustException(TrustError.PrivateKeyInMetadata, $"{key.Place} holds a private key, which nobody but its owner may see.") { Hint = "Treat that key as stolen: make a new one, rotate the role to it, and never publish this file." };
        var isUsable = TryRead(keyType, scheme, text, out var material, out var usable);
        return new PublicKey
        {
            Id = id,
            Scheme = isUsable ? usable : SignatureScheme.Unknown,
            Material = isUsable ? material : default,
            Source = key.Element,
        };
    }

    /// <summary>Writes a key object.</summary>
    public static JsonElement Write(SignatureScheme scheme, ReadOnlyMemory<byte> material)
    {
        var (keyType, schemeName) = scheme switch
        {
            SignatureScheme.EcdsaP256Sha256 => ("ecdsa", "ecdsa-sha2-nistp256"),
            SignatureScheme.EcdsaP384Sha384 => ("ecdsa", "ecdsa-sha2-nistp384"),
            SignatureScheme.RsaPssSha256 => ("rsa", "rsassa-pss-sha256"),
            SignatureScheme.Ed25519 => ("ed25519", "ed25519"),
            _ => throw new TrustException(TrustError.UnacceptableKey, $"TUF metadata has no way to write a key of the scheme {scheme}."),
        };
        var text = scheme == SignatureScheme.Ed25519 ? Hex.Encode(material.Span) : KeyMaterial.ToPem(scheme, material.Span);
        return JsonWriting.Element(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("keytype", keyType);
            writer.WriteStartObject("keyval");
            writer.WriteString("public", text);
            writer.WriteEndObject();
            writer.WriteString("scheme", schemeName);
            writer.WriteEndObject();
        });
    }

    private static bool TryRead(string keyType, string scheme, string text, out byte[]? material, out SignatureScheme found)
    {
        found = SignatureScheme.Unknown;
        material = null;
        switch (keyType, scheme)
        {
            case ("rsa", "rsassa-pss-sha256"):
                return KeyMaterial.TryFromPem(text, out material, out found) && found == SignatureScheme.RsaPssSha256;
            // The key type was once written like its scheme, and the key as a bare point.
            case ("ecdsa" or "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"):
                return TryEcdsa(text, out material, out found) && found == SignatureScheme.EcdsaP256Sha256;
            case ("ecdsa" or "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"):
                return TryEcdsa(text, out material, out found) && found == SignatureScheme.EcdsaP384Sha384;
            case ("ed25519", "ed25519"):
                found = SignatureScheme.Ed25519;
                return text.Length == 64 && Hex.TryDecode(text, out var point) && KeyMaterial.TryFromEd25519(point, out material);
            default:
                return false;
        }
    }

    // Old tools write the member as null or as an empty string; anything else is a secret.
    private static bool HoldsSecret(JsonElement? value) =>
        value is { } secret && secret.ValueKind != JsonValueKind.Null && !(secret.ValueKind == JsonValueKind.String && secret.GetString() is "");

    private static bool TryEcdsa(string text, out byte[]? material, out SignatureScheme found) =>
        KeyMaterial.TryFromPem(text, out material, out found) || KeyMaterial.TryFromEcdsaPoint(text, out material, out found);
}
