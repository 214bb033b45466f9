using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Fuzz.Mutators;
using TrustService.Metadata;

namespace TrustService.Fuzz.Parsers;

/// <summary>The metadata of Notary v1, and telling the formats apart.</summary>
internal static class NotaryParsers
{
    public static IEnumerable<ParserUnderTest> Make()
    {
        var root = InputText.Seed(Root());
        yield return Role<Root>("notary-root", root);
        yield return Role<Timestamp>("notary-timestamp", Seed("Timestamp", $$$""" "meta":{"snapshot":{{{Meta}}}}"""));
        yield return Role<Snapshot>("notary-snapshot", Seed("Snapshot", $$$""" "meta":{"root":{{{Meta}}},"targets":{{{Meta}}},"targets/releases":{{{Meta}}}}"""));
        yield return Role<Targets>("notary-targets", Seed("Targets", $$$""" "delegations":{"keys":{"{{{new string('5', 64)}}}":{{{EcKey()}}} },"roles":[{"keyids":["{{{new string('5', 64)}}}"],"name":"targets/releases","paths":["","v"],"threshold":1}]},"targets":{"v1":{{{Meta}}},"v2":{{{Meta[..^1]}}},"custom":{"a":[1,null]} } }"""));
        yield return new ParserUnderTest("format-detection", 2, new JsonMutator(MetadataParsers.Words), [root], input => MetadataFormats.Detect(input, 512_000));
    }

    private static string Meta => $$$"""{"hashes":{"sha256":"{{{Convert.ToBase64String(SHA256.HashData([]))}}}","sha512":"{{{Convert.ToBase64String(SHA512.HashData([]))}}}"},"length":6}""";

    private static ParserUnderTest Role<TRole>(string name, byte[] seed)
        where TRole : class, IRole =>
        new(name, 4, new JsonMutator(MetadataParsers.Words), [seed], input => MetadataParsers.ReadRole<TRole>(NotaryFormat.Instance, input));

    private static byte[] Seed(string type, string members) => InputText.Seed(File(type, members));

    private static string File(string type, string members) =>
        $$$"""{"signed":{"_type":"{{{type}}}","expires":"2036-11-19T00:49:02.406054361Z",{{{members}}},"version":2},"signatures":[{"keyid":"{{{new string('4', 64)}}}","method":"ecdsa","sig":"{{{Convert.ToBase64String(new byte[64])}}}"},{"keyid":"{{{new string('5', 64)}}}","method":"eddsa","sig":""}]}""";

    private static string Root()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=registry.example.com/team/app", key, HashAlgorithmName.SHA256).CreateSelfSigned(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2036, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var rsa = RSA.Create(2048);
        var keys = string.Join(',', new (string, string)[]
        {
            ("4", Key("ecdsa-x509", System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"))),
            ("5", EcKey()),
            ("6", Key("ed25519", Convert.FromHexString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))),
            ("7", Key("rsa", rsa.ExportSubjectPublicKeyInfo())),
        }.Select(entry => $"\"{new string(entry.Item1[0], 64)}\":{entry.Item2}"));
        var roles = string.Join(',', new[] { ("root", '4'), ("snapshot", '7'), ("targets", '5'), ("timestamp", '6') }
            .Select(entry => $$$""" "{{{entry.Item1}}}":{"keyids":["{{{new string(entry.Item2, 64)}}}"],"threshold":1}"""));
        return File("Root", $$$""" "consistent_snapshot":false,"keys":{{{{keys}}}},"roles":{{{{roles}}}}""");
    }

    private static string EcKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Key("ecdsa", key.ExportSubjectPublicKeyInfo());
    }

    private static string Key(string type, byte[] material) => $$$"""{"keytype":"{{{type}}}","keyval":{"private":null,"public":"{{{Convert.ToBase64String(material)}}}"}}""";
}
