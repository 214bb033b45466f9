using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Fuzz.Mutators;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Shared.Tests.Formats;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Fuzz.Parsers;

/// <summary>JSON and the metadata of TUF.</summary>
internal static class MetadataParsers
{
    private const int MaxBytes = 512_000;

    /// <summary>Names that metadata has, for members and values.</summary>
    public static readonly string[] Words =
    [
        "signed", "signatures", "keyid", "sig", "method", "_type", "version", "expires", "spec_version", "consistent_snapshot", "keys", "roles", "keyids", "threshold", "keytype", "scheme", "keyval", "public",
        "private", "meta", "snapshot.json", "targets.json", "root.json", "length", "hashes", "sha256", "sha512", "delegations", "name", "paths", "path_hash_prefixes", "terminating", "succinct_roles", "bit_length",
        "name_prefix", "targets", "custom", "x-repository", "x-signed-at", "ecdsa", "ed25519", "rsa", "rsassa-pss-sha256", "ecdsa-sha2-nistp256", "ecdsa-x509", "Root", "Targets", "targets/releases",
    ];

    public static IEnumerable<ParserUnderTest> Make()
    {
        var documents = SampleRoles.Types.SelectMany(type => Samples(type)).ToList();
        yield return new ParserUnderTest("json", 10, new JsonMutator(Words), [.. documents.Take(6)], ReadJson);
        yield return Role<Root>("tuf-root", 6, "root");
        yield return Role<Timestamp>("tuf-timestamp", 6, "timestamp");
        yield return Role<Snapshot>("tuf-snapshot", 6, "snapshot");
        yield return Role<Targets>("tuf-targets", 6, "targets", "succinct");
    }

    /// <summary>Reads a file, writes what was read and reads that again.</summary>
    public static void ReadRole<TRole>(IMetadataFormat format, byte[] input)
        where TRole : class, IRole
    {
        var read = format.Read<TRole>(input, MaxBytes);
        if (read is SignedMetadata<Root> root)
            _ = Refusal.IsAccepted(() => TrustedRoot.Pin(format, root.File, VerificationLimits.Default));
        var written = format.WriteFile(format.WriteSigned(read.Signed), []);
        try
        {
            var again = format.Read<TRole>(written, int.MaxValue);
            if (again.Signed.Version != read.Signed.Version)
                throw new InvalidOperationException("Another version was written than was read.");
        }
        catch (TrustException e)
        {
            throw new InvalidOperationException($"What was read and written is not read again: {e.Message}", e);
        }
    }

    private static ParserUnderTest Role<TRole>(string name, int weight, params string[] types)
        where TRole : class, IRole =>
        new(name, weight, new JsonMutator(Words), [.. types.SelectMany(type => Samples(type))], input => ReadRole<TRole>(TufFormat.Instance, input));

    private static IEnumerable<byte[]> Samples(string type)
    {
        var random = new Random(7);
        for (var i = 0; i < 6; i++)
            yield return Encoding.UTF8.GetBytes(File(SampleRoles.Random(type, random)));
        if (type == "root")
            yield return Encoding.UTF8.GetBytes(File(OldRoot()));
    }

    private static string File(JsonObject signed) =>
        $$"""{"signed":{{signed.ToJsonString()}},"signatures":[{"keyid":"{{new string('a', 64)}}","sig":"3045022100"},{"keyid":"other","sig":""}]}""";

    // The shape of the first roots that were published anywhere: no PEM, old key type, a date with a fraction and an offset.
    private static JsonObject OldRoot()
    {
        var root = SampleRoles.Random("root", new Random(1));
        root["spec_version"] = "1.0";
        root["expires"] = "2030-12-18T13:28:12.99008-06:00";
        root["keys"]!.AsObject()["old"] = JsonNode.Parse("""{"keytype":"ecdsa-sha2-nistp256","scheme":"ecdsa-sha2-nistp256","keyid_hash_algorithms":["sha256"],"keyval":{"public":"04cbc5cab2684160323c25cd06c3307178a6b1d1c9b949328453ae473c5ba7527e35b13f298b41633382241f3fd8526c262d43b45adee5c618fa0642c82b8a9803"}}""");
        root["keys"]!.AsObject()["ed"] = JsonNode.Parse("""{"keytype":"ed25519","scheme":"ed25519","keyval":{"public":"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"}}""");
        root["keys"]!.AsObject()["rsa"] = JsonNode.Parse(TestKeys.Of(SignatureScheme.RsaPssSha256).Describe().Source.GetRawText());
        return root;
    }

    private static void ReadJson(byte[] input)
    {
        var canonical = CanonicalJson.Encode(StrictJson.Parse(input, JsonLimits.OfBytes(MaxBytes)));
        // Raw control characters are canonical, but no JSON.
        if (canonical.AsSpan().ContainsAnyInRange((byte)0, (byte)0x1F))
            return;
        if (!CanonicalJson.Encode(StrictJson.Parse(canonical, JsonLimits.OfBytes(int.MaxValue))).AsSpan().SequenceEqual(canonical))
            throw new InvalidOperationException("The canonical form is not its own canonical form.");
        using var same = JsonDocument.Parse(canonical);
    }
}
