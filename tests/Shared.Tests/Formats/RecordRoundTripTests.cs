using System.Text;
using System.Text.Json.Nodes;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Shared.Tests.Json;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Formats;

/// <summary>Every record of the model, in both formats: what is written is read as the same, and the order of members in a file is of no account.</summary>
public sealed class RecordRoundTripTests
{
    private static readonly ISigningKey[] Signers = [TestKeys.New(), TestKeys.Of(SignatureScheme.Ed25519), TestKeys.Of(SignatureScheme.RsaPssSha256)];

    public static TheoryData<string> Formats() => ["tuf", "notary"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_WhatWasWritten_IsTheSameRecord(string name) => Property.ForAll(40, random =>
    {
        var format = MetadataFormats.Find(name);

        RoundTrip(format, Root(format, random), random);
        RoundTrip(format, new Timestamp { SpecVersion = SpecVersion(format), Version = Version(random), Expires = Time(random), SnapshotMeta = Listed(format, random) }, random);
        RoundTrip(format, Snapshot(format, random), random);
        RoundTrip(format, Targets(format, random), random);
    });

    private static void RoundTrip<TRole>(IMetadataFormat format, TRole role, Random random)
        where TRole : class, IRole
    {
        var signed = format.WriteSigned(role);
        var file = format.WriteFile(signed, [new Signature(format.DescribeKey(Signers[0].Scheme, Signers[0].Material).Id, Signers[0].Sign(signed), Signature.MethodOf(Signers[0].Scheme))]);

        var read = format.Read<TRole>(file, int.MaxValue);
        var shuffled = format.Read<TRole>(Encoding.UTF8.GetBytes(RandomJson.Shuffled(JsonNode.Parse(file), random)!.ToJsonString()), int.MaxValue);

        Assert.Equal(Encoding.UTF8.GetString(signed), Encoding.UTF8.GetString(format.WriteSigned(read.Signed)));
        Assert.Equal((role.Version, role.Expires, role.SpecVersion), (read.Signed.Version, read.Signed.Expires, read.Signed.SpecVersion));
        Assert.Equal(CanonicalJson.Encode(StrictJson.Parse(signed, JsonLimits.OfBytes(int.MaxValue))), read.Payload.ToArray());
        Assert.Equal(read.Payload.ToArray(), shuffled.Payload.ToArray());
        Assert.Equal(file, format.WriteFile(signed, read.Signatures));
    }

    private static Root Root(IMetadataFormat format, Random random)
    {
        var keys = Keys(format);
        return new Root
        {
            SpecVersion = SpecVersion(format),
            Version = Version(random),
            Expires = Time(random),
            ConsistentSnapshot = random.Next(2) == 0,
            Keys = keys,
            Roles = ((RoleName[])[RoleName.Root, RoleName.Snapshot, RoleName.Targets, RoleName.Timestamp]).ToDictionary(role => role, _ => RoleKeys(keys, random)),
        };
    }

    private static Snapshot Snapshot(IMetadataFormat format, Random random) => new()
    {
        SpecVersion = SpecVersion(format),
        Version = Version(random),
        Expires = Time(random),
        Meta = ((RoleName[])[RoleName.Root, RoleName.Targets, NotaryFormat.Releases, RoleName.Parse("targets/a-b_c")]).ToDictionary(role => role, _ => Listed(format, random)),
    };

    private static Targets Targets(IMetadataFormat format, Random random)
    {
        var keys = Keys(format);
        return new Targets
        {
            SpecVersion = SpecVersion(format),
            Version = Version(random),
            Expires = Time(random),
            TargetFiles = Enumerable.Range(0, random.Next(5)).ToDictionary(i => $"1.{i}/ü {(char)random.Next('!', '~')}", _ => new TargetFile
            {
                Length = random.NextInt64(MetadataLimits.MaxLength),
                Hashes = Hashes(random),
                Custom = random.Next(2) == 0 ? null : StrictJson.Parse(Encoding.UTF8.GetBytes("""{"a":[1,null,"<&>é"],"b":{}}"""), JsonLimits.OfBytes(100)),
            }),
            Delegations = new Delegations
            {
                Keys = keys,
                Roles = [.. Enumerable.Range(0, random.Next(4)).Select(i => new DelegatedRole { Name = RoleName.ParseDelegated($"targets/r{i}"), RoleKeys = RoleKeys(keys, random), Paths = ["", "v*", $"{i}/"] })],
            },
        };
    }

    private static Dictionary<KeyId, PublicKey> Keys(IMetadataFormat format) => Signers.Select(key => format.DescribeKey(key.Scheme, key.Material)).ToDictionary(key => key.Id);

    private static RoleKeys RoleKeys(Dictionary<KeyId, PublicKey> keys, Random random) => new() { KeyIds = [.. keys.Keys.Where(_ => random.Next(2) == 0)], Threshold = random.Next(1, 100) };

    private static MetaFile Listed(IMetadataFormat format, Random random) => new()
    {
        Version = format.Rules.ParentsNameVersions ? Version(random) : null,
        Length = format.Rules.ParentsNameVersions && random.Next(2) == 0 ? null : random.NextInt64(MetadataLimits.MaxLength),
        Hashes = format.Rules.ParentsNameVersions && random.Next(2) == 0 ? null : Hashes(random),
    };

    private static FileHashes Hashes(Random random)
    {
        var (sha256, sha512) = (new byte[32], new byte[64]);
        random.NextBytes(sha256);
        random.NextBytes(sha512);
        return random.Next(2) == 0 ? FileHashes.FromSha256(sha256) : new FileHashes([new FileHash("sha256", sha256), new FileHash("sha512", sha512)]);
    }

    private static string? SpecVersion(IMetadataFormat format) => format.Rules.ParentsNameVersions ? TufFormat.SpecVersion : null;

    private static long Version(Random random) => random.NextInt64(1, MetadataLimits.MaxVersion + 1);

    private static DateTimeOffset Time(Random random) => FixedTime.Start.AddSeconds(random.Next());
}
