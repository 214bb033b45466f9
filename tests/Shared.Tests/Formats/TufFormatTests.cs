using System.Text;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Shared.Tests.Json;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Formats;

public sealed class TufFormatTests
{
    private const int MaxBytes = 1_000_000;

    private static readonly TufFormat Format = TufFormat.Instance;

    public static TheoryData<string> Types() => [.. SampleRoles.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public void WriteSigned_WhatWasRead_HasTheSameCanonicalForm(string type) => Property.ForAll(100, random =>
    {
        var signed = SampleRoles.Random(type, random);

        var (payload, written) = type switch
        {
            "root" => ReadAndWrite<Root>(signed),
            "timestamp" => ReadAndWrite<Timestamp>(signed),
            "snapshot" => ReadAndWrite<Snapshot>(signed),
            _ => ReadAndWrite<Targets>(signed),
        };

        Assert.Equal(Encoding.UTF8.GetString(payload), Encoding.UTF8.GetString(written));
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_MembersInOtherOrder_HasTheSamePayload(string type) => Property.ForAll(50, random =>
    {
        var signed = SampleRoles.Random(type, random);

        Assert.Equal(Payload(type, signed), Payload(type, RandomJson.Shuffled(signed, random)!.AsObject()));
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_MutatedFile_IsReadOrRefusedButNeverFails(string type) => Property.ForAll(1500, random =>
    {
        var file = File(SampleRoles.Random(type, random)).ToJsonString();
        var mutated = Encoding.UTF8.GetBytes(Mutation.Of(file, random));

        Refusal.IsAccepted(() => ReadAny(type, mutated));
    });

    // Text mutations rarely stay JSON; these do, and hit the checks behind the parser.
    [Theory]
    [MemberData(nameof(Types))]
    public void Read_FileWithReplacedValues_IsReadOrRefusedButNeverFails(string type) => Property.ForAll(1500, random =>
    {
        var file = File(SampleRoles.Random(type, random));
        for (var change = random.Next(1, 4); change > 0; change--)
            ReplaceSomewhere(file, random);

        Refusal.IsAccepted(() => ReadAny(type, Encoding.UTF8.GetBytes(file.ToJsonString())));
    });

    [Theory]
    [InlineData("2030-04-01T00:00:00Z", "2030-04-01T00:00:00Z")]
    [InlineData("2021-12-18T13:28:12.99008-06:00", "2021-12-18T19:28:12Z")]
    [InlineData("2030-04-01T00:00:45.000000123456Z", "2030-04-01T00:00:45Z")]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59-01:00", null)]
    [InlineData("0001-01-01T00:00:00+01:00", null)]
    [InlineData("2030-04-01T00:00:00", null)]
    [InlineData("2030-04-01 00:00:00Z", null)]
    [InlineData("2030-02-30T00:00:00Z", null)]
    [InlineData("2030-04-01T25:00:00Z", null)]
    [InlineData("2030-04-01T00:00:60Z", null)]
    [InlineData("2030-04-01T00:00:00+99:00", null)]
    [InlineData("10000-04-01T00:00:00Z", null)]
    [InlineData("2030-04-01T00:00:00Z\n", null)]
    [InlineData("٢٠٣٠-04-01T00:00:00Z", null)]
    [InlineData("", null)]
    public void TryParse_Date_IsReadInEveryFormAndWrittenInOne(string text, string? expected)
    {
        var isRead = MetadataTime.TryParse(text, out var time);

        Assert.Equal(expected is not null, isRead);
        if (expected is not null)
            Assert.Equal(expected, MetadataTime.WriteSeconds(time));
    }

    [Theory]
    [InlineData("1.0", true)]
    [InlineData("1.0.34", true)]
    [InlineData("1.99.0", true)]
    [InlineData("2.0.0", false)]
    [InlineData("1", false)]
    [InlineData("11.0", false)]
    [InlineData("1.0.0-rc1", false)]
    [InlineData("", false)]
    public void Read_SpecVersion_IsHeldToTheMajorNumber(string version, bool isAccepted)
    {
        var signed = SampleRoles.Random("snapshot", new Random(1));
        signed["spec_version"] = version;

        Assert.Equal(isAccepted, Refusal.IsAccepted(() => ReadAny("snapshot", Encoding.UTF8.GetBytes(File(signed).ToJsonString()))));
    }

    [Fact]
    public void Read_KeysOfUnknownKinds_AreKeptAndNotUsable()
    {
        var root = Format.Read<Root>(Encoding.UTF8.GetBytes(File(SampleRoles.Random("root", new Random(1))).ToJsonString()), MaxBytes).Signed;

        Assert.False(root.Keys[new KeyId("other")].IsUsable);
        Assert.Equal(1, root.Keys.Count(key => key.Value.IsUsable));
    }

    [Theory]
    [InlineData("targets", "targets", "a\u001b[31m")]
    [InlineData("targets", "targets", "")]
    public void Read_TargetPathThatIsNone_IsRefused(string type, string member, string path)
    {
        var signed = SampleRoles.Random(type, new Random(1));
        var targets = signed[member]!.AsObject();
        targets[path] = targets["1.4.2"]!.DeepClone();

        Refusal.Of(TrustError.InvalidTargetPath, () => ReadAny(type, Encoding.UTF8.GetBytes(File(signed).ToJsonString())));
    }

    [Theory]
    [InlineData("root", "1.root.json", 1L)]
    [InlineData("../a b/ü", "7...%2Fa%20b%2F%C3%BC.json", 7L)]
    [InlineData("a?b#c", "a%3Fb%23c.json", null)]
    public void FileName_AnyRole_IsOneEncodedSegment(string role, string expected, long? version) =>
        Assert.Equal(expected, Format.Rules.FileName(RoleName.Parse(role), version));

    private static void ReplaceSomewhere(JsonNode root, Random random)
    {
        var places = new List<Action<JsonNode?>>();
        Collect(root, places);
        JsonNode?[] values = [null, 0, -1, 1, long.MaxValue, true, "", "root", "../x", new string('f', 200), new JsonArray(), new JsonObject(), new JsonArray(1, "a"), JsonNode.Parse("123456789012345678901234567890")];
        if (places.Count > 0)
            places[random.Next(places.Count)](values[random.Next(values.Length)]);
    }

    private static void Collect(JsonNode? node, List<Action<JsonNode?>> places)
    {
        if (node is JsonObject tree)
        {
            foreach (var name in tree.Select(member => member.Key).ToList())
            {
                places.Add(value => tree[name] = value?.DeepClone());
                places.Add(_ => tree.Remove(name));
                Collect(tree[name], places);
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                var at = i;
                places.Add(value => list[at] = value?.DeepClone());
                Collect(list[at], places);
            }
        }
    }

    private static (byte[] Payload, byte[] Written) ReadAndWrite<TRole>(JsonObject signed)
        where TRole : class, IRole
    {
        var read = Format.Read<TRole>(Encoding.UTF8.GetBytes(File(signed).ToJsonString()), MaxBytes);
        return (read.Payload.ToArray(), CanonicalJson.Encode(StrictJson.Parse(Format.WriteSigned(read.Signed), JsonLimits.OfBytes(MaxBytes))));
    }

    private static byte[] Payload(string type, JsonObject signed) => ReadAny(type, Encoding.UTF8.GetBytes(File(signed).ToJsonString()));

    private static byte[] ReadAny(string type, byte[] file) => type switch
    {
        "root" => Format.Read<Root>(file, MaxBytes).Payload.ToArray(),
        "timestamp" => Format.Read<Timestamp>(file, MaxBytes).Payload.ToArray(),
        "snapshot" => Format.Read<Snapshot>(file, MaxBytes).Payload.ToArray(),
        _ => Format.Read<Targets>(file, MaxBytes).Payload.ToArray(),
    };

    private static JsonObject File(JsonObject signed) => new()
    {
        ["signatures"] = new JsonArray(new JsonObject { ["keyid"] = "k", ["sig"] = "00" }),
        ["signed"] = signed.DeepClone(),
    };
}
