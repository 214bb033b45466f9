using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using TrustService.Cli.KeyStores;
using TrustService.Fuzz.Mutators;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Server.OnlineKeys;
using TrustService.Shared.Tests.Keys;
using TrustService.Testing;

namespace TrustService.Fuzz.Parsers;

/// <summary>Keys and signatures.</summary>
internal static class KeyParsers
{
    private const int FewRounds = 2;

    private static readonly SignatureScheme[] Schemes = [SignatureScheme.EcdsaP256Sha256, SignatureScheme.EcdsaP384Sha384, SignatureScheme.RsaPssSha256, SignatureScheme.Ed25519];
    private static readonly byte[] Payload = "payload"u8.ToArray();

    public static IEnumerable<ParserUnderTest> Make()
    {
        var keys = Schemes.Select(scheme => (IExportableKey)TestKeys.Of(scheme)).ToList();
        var described = keys.Select(key => key.Describe()).ToList();
        var publics = keys.Select(key => KeyMaterial.ToSubjectPublicKeyInfo(key.Scheme, key.Material.Span)).ToList();
        var files = typeof(KeyFiles).GetFields(BindingFlags.Static | BindingFlags.Public).Where(field => field.FieldType == typeof(string)).Select(field => InputText.Seed((string)field.GetValue(null)! + "\n"));
        yield return new ParserUnderTest("private-key-file", 3, new PemMutator(), [.. files, .. keys.Select(key => PrivateKeyFile.Write(key, "correct"u8, FewRounds))], ReadPrivateKeyFile);
        yield return new ParserUnderTest("pkcs8", 2, new DerMutator(), [.. keys.Select(key => key.ExportPkcs8())], input => SigningKeys.ImportPkcs8(input).Dispose());
        yield return new ParserUnderTest("public-key-der", 3, new DerMutator(), [.. publics, OddCurve("1.3.132.0.35"), OddCurve("1.3.132.0.10")], input => KeyMaterial.TryFromSubjectPublicKeyInfo(input, out _, out _));
        yield return new ParserUnderTest("public-key-pem", 3, new PemMutator(), [.. keys.Select(key => InputText.Seed(KeyMaterial.ToPem(key.Scheme, key.Material.Span)))], input => KeyMaterial.TryFromPem(InputText.Of(input), out _, out _));
        yield return new ParserUnderTest("public-key-point", 3, new ByteMutator("04", "00", "ff"), [.. keys.Take(2).Select(key => InputText.Seed(Hex.Encode(Point(key))))], input => KeyMaterial.TryFromEcdsaPoint(InputText.Of(input), out _, out _));
        yield return new ParserUnderTest("public-key-ed25519", 3, new ByteMutator(), [keys[3].Material.ToArray(), new byte[32]], input => KeyMaterial.TryFromEd25519(input, out _));
        foreach (var (key, signer) in described.Zip(keys))
            yield return new ParserUnderTest($"signature-{key.Scheme}".ToLowerInvariant(), 2, new DerMutator(), [signer.Sign(Payload)], input => SignatureVerifier.Verify(key, Payload, input));
        yield return new ParserUnderTest("key-description", 3, new JsonMutator([.. MetadataParsers.Words, "label", "repositories", "created", "uri", "lastUsed", "wrongSince", "wrongPassphrases"]), [Description(described[0])], input => KeyDescription.Read(input, "/keys/a.json", "/keys/a.pem"));
        yield return new ParserUnderTest("master-key", 3, new ByteMutator("=", "=="), [InputText.Seed(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n")], input => MasterKey.Parse(InputText.Of(input), "the file").Dispose());
    }

    private static void ReadPrivateKeyFile(byte[] input)
    {
        using var file = PrivateKeyFile.Parse(input);
        _ = (file.IsEncrypted, file.Role, file.Repository);
        using var key = file.Open("correct"u8);
        _ = key.Sign(Payload);
    }

    private static byte[] Point(IExportableKey key)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key.Material.Span, out _);
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. point.X!, .. point.Y!];
    }

    private static byte[] OddCurve(string id)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(id));
        return key.ExportSubjectPublicKeyInfo();
    }

    private static byte[] Description(PublicKey key) => KeyDescription.Write(new KeyEntry
    {
        Origin = KeyOrigin.Store,
        Location = "/keys/a.pem",
        Id = key.Id,
        Public = key,
        Label = "ci",
        Roles = ["targets"],
        Repositories = ImmutableArray.Create("registry.example.com/team/app"),
        Created = FixedTime.Start,
    });
}
