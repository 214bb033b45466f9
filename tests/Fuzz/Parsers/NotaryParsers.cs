using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Fuzz.Mutators;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Fuzz.Parsers;

/// <summary>The metadata of Notary v1, its certificates, and telling the formats apart.</summary>
internal static class NotaryParsers
{
    private static readonly NotaryFormat Format = NotaryFormat.Instance;
    private static readonly DateTimeOffset Expires = FixedTime.Start.AddYears(1);
    private static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");

    public static IEnumerable<ParserUnderTest> Make()
    {
        var keys = ((SignatureScheme[])[SignatureScheme.EcdsaP256Sha256, SignatureScheme.RsaPssSha256, SignatureScheme.Ed25519]).Select(TestKeys.Of).ToArray();
        PublicKey[] certificates = [.. keys.Take(2).Select(key => RootCertificate.Create(key, Repository, FixedTime.Start, Expires))];
        var root = File(Root(keys, certificates), keys[0], certificates[0].Id);
        yield return Role<Root>("notary-root", root);
        yield return Role<Timestamp>("notary-timestamp", File(new Timestamp { Version = 3, Expires = Expires, SnapshotMeta = Listed }, keys[2], Describe(keys[2]).Id));
        yield return Role<Snapshot>("notary-snapshot", File(Snapshot(), keys[2], Describe(keys[2]).Id));
        yield return Role<Targets>("notary-targets", File(Targets(keys, certificates), keys[1], Describe(keys[1]).Id));
        yield return new ParserUnderTest("notary-certificate", 2, new PemMutator(), [.. certificates.Select(key => NotaryKey.CertificatesOf(key)!), [.. certificates.SelectMany(key => NotaryKey.CertificatesOf(key)!)]], ReadCertificate);
        yield return new ParserUnderTest("notary-signature", 2, new ByteMutator(), [new byte[64], new byte[96], keys[0].Sign([1])], input => { if (EcdsaPair.ToDer(input) is { } der) _ = EcdsaPair.FromDer(der); });
        yield return new ParserUnderTest("format-detection", 2, new JsonMutator(MetadataParsers.Words), [root], input => MetadataFormats.Detect(input, 512_000));
    }

    private static MetaFile Listed => new() { Length = 6, Hashes = FileHashes.OfSha256([1]) };

    private static ParserUnderTest Role<TRole>(string name, byte[] seed)
        where TRole : class, IRole =>
        new(name, 5, new JsonMutator([.. MetadataParsers.Words, "eddsa", "rsapss", "rsapkcs1v15", "rsa-x509", "snapshot", "AAAA", "AA==", "A==="]), [seed], input => MetadataParsers.ReadRole<TRole>(Format, input));

    private static Root Root(ISigningKey[] keys, PublicKey[] certificates)
    {
        PublicKey[] listed = [.. certificates, .. keys.Select(Describe)];
        RoleKeys Of(params PublicKey[] of) => new() { KeyIds = [.. of.Select(key => key.Id)], Threshold = 1 };
        return new Root
        {
            Version = 2,
            Expires = Expires,
            ConsistentSnapshot = false,
            Keys = listed.ToDictionary(key => key.Id),
            Roles = new Dictionary<RoleName, RoleKeys> { [RoleName.Root] = Of(certificates), [RoleName.Targets] = Of(Describe(keys[1])), [RoleName.Snapshot] = Of(Describe(keys[2])), [RoleName.Timestamp] = Of(Describe(keys[2])) },
        };
    }

    private static Snapshot Snapshot() => new()
    {
        Version = 6,
        Expires = Expires,
        Meta = ((RoleName[])[RoleName.Root, RoleName.Targets, NotaryFormat.Releases]).ToDictionary(role => role, _ => Listed),
    };

    private static Targets Targets(ISigningKey[] keys, PublicKey[] certificates) => new()
    {
        Version = 4,
        Expires = Expires,
        TargetFiles = new Dictionary<string, TargetFile> { ["1.4.2"] = new() { Length = 6, Hashes = FileHashes.OfSha256([2]), Custom = JsonWriting.Element(writer => writer.WriteNullValue()) } },
        Delegations = new Delegations
        {
            Keys = ((PublicKey[])[certificates[0], Describe(keys[2])]).ToDictionary(key => key.Id),
            Roles = [new DelegatedRole { Name = NotaryFormat.Releases, RoleKeys = new RoleKeys { KeyIds = ImmutableArray.Create(certificates[0].Id, Describe(keys[2]).Id), Threshold = 1 }, Paths = ["", "v"] }],
        },
    };

    private static PublicKey Describe(ISigningKey key) => Format.DescribeKey(key.Scheme, key.Material);

    private static byte[] File<TRole>(TRole role, ISigningKey key, KeyId id)
        where TRole : class, IRole
    {
        var signed = Format.WriteSigned(role);
        var payload = CanonicalJson.Encode(StrictJson.Parse(signed, JsonLimits.OfBytes(int.MaxValue)));
        return Format.WriteFile(signed, [new Signature(id, key.Sign(payload), Signature.MethodOf(key.Scheme))]);
    }

    private static void ReadCertificate(byte[] input)
    {
        var source = NotaryKey.Write(NotaryKey.EcdsaCertificate, input);
        var key = Format.ReadKey(NotaryKey.ComputeId(source), source);
        _ = LeafCertificate.RootProblem(key, Repository, FixedTime.Start);
    }
}
