using System.Security.Cryptography;
using System.Text.Json;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Cli.KeyPrograms;

/// <summary>The protocol with programs that sign: one JSON request on their input, one JSON answer on their output. Described in docs/keys.md.</summary>
internal static class ProgramMessages
{
    /// <summary>Bytes of an answer at the most.</summary>
    public const int MaxAnswerBytes = 64 * 1024;

    private const int Version = 1;

    /// <summary>Asks for the public key.</summary>
    public static byte[] WritePublicKeyRequest(string key) => JsonWriting.Bytes(writer =>
    {
        Start(writer, "public-key", key);
        writer.WriteEndObject();
    });

    /// <summary>Asks for a signature. The digest is the payload's, for services that sign nothing longer.</summary>
    public static byte[] WriteSignRequest(string key, SignatureScheme scheme, ReadOnlySpan<byte> payload)
    {
        var bytes = payload.ToArray();
        return JsonWriting.Bytes(writer =>
        {
            Start(writer, "sign", key);
            writer.WriteString("scheme", KeySchemes.JsonName(scheme));
            writer.WriteBase64String("payload", bytes);
            if (scheme != SignatureScheme.Ed25519)
            {
                writer.WriteStartObject("digest");
                writer.WriteString("algorithm", scheme == SignatureScheme.EcdsaP384Sha384 ? "sha384" : "sha256");
                writer.WriteBase64String("value", scheme == SignatureScheme.EcdsaP384Sha384 ? SHA384.HashData(bytes) : SHA256.HashData(bytes));
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        });
    }

    /// <summary>Reads the public key from an answer: PEM.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public static PublicKey ReadPublicKey(ReadOnlySpan<byte> answer, string program) =>
        Keys.KeyMaterial.TryFromPem(Read(answer, "publicKey", program), out var material, out var scheme)
            ? FileKeyStore.Describe(scheme, material)
            : throw Bad(program, "its publicKey is no PEM of ECDSA P-256 or P-384, RSA or Ed25519", null);

    /// <summary>Reads the signature from an answer: Base64.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public static byte[] ReadSignature(ReadOnlySpan<byte> answer, string program)
    {
        var text = Read(answer, "signature", program);
        var signature = new byte[Keys.SignatureVerifier.MaxSignatureBytes];
        return Convert.TryFromBase64String(text, signature, out var length) ? signature[..length] : throw Bad(program, "its signature is not Base64, or too long", null);
    }

    private static string Read(ReadOnlySpan<byte> answer, string member, string program)
    {
        try
        {
            var reader = new JsonObjectReader(StrictJson.Parse(answer, JsonLimits.OfBytes(MaxAnswerBytes)), "the answer");
            if (reader.Integer("version", 0, int.MaxValue) != Version)
                throw Bad(program, $"its version is not {Version}", null);
            if (reader.Optional("error") is not null)
                throw new TrustException(TrustError.KeyUnavailable, $"{program} refuses: {reader.Text("error")}");
            return reader.Text(member);
        }
        catch (TrustException e) when (e.Error != TrustError.KeyUnavailable)
        {
            throw Bad(program, e.Message, e);
        }
    }

    private static TrustException Bad(string program, string why, Exception? inner) =>
        new(TrustError.KeyUnavailable, $"The answer of {program} cannot be used: {why.TrimEnd('.')}.", inner) { Hint = "docs/keys.md describes what a program has to answer." };

    private static void Start(Utf8JsonWriter writer, string operation, string key)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", Version);
        writer.WriteString("operation", operation);
        writer.WriteString("key", key);
    }
}
