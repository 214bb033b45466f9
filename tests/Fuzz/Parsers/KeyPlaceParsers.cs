using System.Security.Cryptography.X509Certificates;
using System.Text;
using TrustService.Cli.Backups;
using TrustService.Cli.KeyPrograms;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Pkcs11;
using TrustService.Formats.Notary;
using TrustService.Fuzz.Mutators;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Fuzz.Parsers;

/// <summary>What comes from where keys live besides files: references, programs, tokens, backups.</summary>
internal static class KeyPlaceParsers
{
    private static readonly byte[] Curve = Convert.FromHexString("06082a8648ce3d030107");

    public static IEnumerable<ParserUnderTest> Make()
    {
        var key = TestKeys.Of(SignatureScheme.EcdsaP256Sha256);
        var pem = KeyMaterial.ToPem(key.Scheme, key.Material.Span);
        yield return new ParserUnderTest("pkcs11-uri", 3, new ByteMutator("%", "%00", ";", "?", "&", "=", "pin-value=", "id=", "module-path=/"), [InputText.Seed("pkcs11:token=a%20b;object=c;id=%01%02;slot-id=3?module-path=/m.so&pin-source=file:/pin")], input => Pkcs11Uri.Parse(InputText.Of(input)));
        yield return new ParserUnderTest("exec-uri", 2, new ByteMutator("?key=", "%", "/", "exec:"), [InputText.Seed("/bin/sh?key=a%20b")], input => ProgramUri.Parse("exec:" + InputText.Of(input), "/bin"));
        yield return new ParserUnderTest("program-public-key", 2, new JsonMutator(["version", "publicKey", "error"]), [JsonOf("publicKey", pem)], input => ProgramMessages.ReadPublicKey(input, "the program"));
        yield return new ParserUnderTest("program-signature", 2, new JsonMutator(["version", "signature", "error"]), [JsonOf("signature", Convert.ToBase64String(key.Sign("x"u8)))], input => ProgramMessages.ReadSignature(input, "the program"));
        yield return new ParserUnderTest("token-point", 2, new ByteMutator("04"), [key.Material.Span[^65..].ToArray()], input => KeyMaterial.TryFromSubjectPublicKeyInfo(ObjectPublicKey.OfEc(Curve, input), out _, out _));
        yield return new ParserUnderTest("token-certificate", 2, new DerMutator(), [Certificate(key)], input => ObjectPublicKey.OfCertificate(input));
        yield return new ParserUnderTest("key-shares", 3, new ByteMutator("1.1  ", "2.2  ", "#", "\n", " ", "O", "I"), [Shares((IExportableKey)key)], ReadShares);
        yield return new ParserUnderTest("key-bundle", 2, new JsonMutator(["kind", "version", "rounds", "salt", "nonce", "content"]), [Encoding.ASCII.GetBytes("{\"kind\":\"signer-key-backup\",\"version\":1,\"made\":\"2026-01-01T00:00:00Z\",\"rounds\":2,\"salt\":\"AA==\",\"nonce\":\"AAAAAAAAAAAAAAAA\",\"content\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}")], input => KeyBundle.ReadEnvelope(input));
    }

    private static byte[] Certificate(ISigningKey key)
    {
        var described = RootCertificate.Create(key, RepositoryName.Parse("registry.example.com/team/app"), FixedTime.Start, FixedTime.Start.AddYears(1));
        using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(NotaryKey.CertificatesOf(described)!));
        return certificate.RawData;
    }

    private static void ReadShares(byte[] input)
    {
        var shares = new ShareCollection();
        shares.AddText(Encoding.UTF8.GetString(input));
        SharedKey.Restore(shares.Finish()).Dispose();
    }

    private static byte[] Shares(IExportableKey key)
    {
        var entry = new KeyEntry { Origin = KeyOrigin.Store, Location = "", Label = "a", Id = key.Describe().Id, Public = key.Describe() };
        return [.. SharedKey.Split(key, 2, 3).SelectMany(share => SharePage.Write(share, entry, FixedTime.Start))];
    }

    private static byte[] JsonOf(string name, string value) => Encoding.UTF8.GetBytes($"{{\"version\":1,\"{name}\":{System.Text.Json.Nodes.JsonValue.Create(value).ToJsonString()}}}");
}
