using System.Text;
using System.Text.Json.Nodes;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Formats;

public sealed class KeyNamesTests
{
    private static readonly PublicKey Key = TestKeys.New().Describe();

    public static TheoryData<string> Formats() => ["tuf", "notary"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_NamesThatWereWritten_AreThere(string name)
    {
        var format = MetadataFormats.Find(name);
        var names = new Dictionary<KeyId, string> { [Key.Id] = "Zoë Q. – laptop" };
        var root = format.Read<Root>(File(format, format.WriteSigned(EmptyRoot(format) with { KeyNames = names })), 100_000);
        var targets = format.Read<Targets>(File(format, format.WriteSigned(EmptyTargets with { KeyNames = names })), 100_000);

        Assert.Equal(names, root.Signed.KeyNames);
        Assert.True(root.Signed.Unrecognized.IsEmpty);
        Assert.Equal(names, targets.Signed.KeyNames);
        Assert.Contains("\"x-key-names\":{", Encoding.UTF8.GetString(root.Payload.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tuf", "\"alice\"")]
    [InlineData("tuf", """{"a":1}""")]
    [InlineData("tuf", """{"a":""}""")]
    [InlineData("tuf", """{"a":"alice","b":"bob\u0007"}""")]
    [InlineData("tuf", """{"a":"alice (3f9c…a1)"}""")]
    [InlineData("tuf", """{"a":"alice, bob"}""")]
    [InlineData("notary", """{"a":["alice"]}""")]
    [InlineData("notary", "null")]
    public void Read_MemberOfAnotherKind_IsKeptAsItIsUntilNamesAreWritten(string name, string member)
    {
        var format = MetadataFormats.Find(name);
        var signed = JsonNode.Parse(format.WriteSigned(EmptyTargets))!.AsObject();
        signed["x-key-names"] = JsonNode.Parse(member);

        var read = format.Read<Targets>(File(format, Encoding.UTF8.GetBytes(signed.ToJsonString())), 100_000).Signed;

        Assert.Empty(read.KeyNames);
        var kept = JsonNode.Parse(format.WriteSigned(read))!.AsObject();
        Assert.True(JsonNode.DeepEquals(signed["x-key-names"], kept["x-key-names"]));
        var renamed = format.WriteSigned(read with { KeyNames = new Dictionary<KeyId, string> { [Key.Id] = "bob" } });
        Assert.Equal("bob", JsonNode.Parse(renamed)!["x-key-names"]![Key.Id.Value]!.GetValue<string>());
    }

    private static byte[] File(IMetadataFormat format, byte[] signed) => format.WriteFile(signed, []);

    private static Targets EmptyTargets => new() { Version = 1, Expires = FixedTime.Start, TargetFiles = new Dictionary<string, TargetFile>(), Delegations = new Delegations { Keys = new Dictionary<KeyId, PublicKey>(), Roles = [] } };

    private static Root EmptyRoot(IMetadataFormat format) => new()
    {
        Version = 1,
        Expires = FixedTime.Start,
        ConsistentSnapshot = format.Rules.ParentsNameVersions,
        Keys = new Dictionary<KeyId, PublicKey>(),
        Roles = ((RoleName[])[RoleName.Root, RoleName.Snapshot, RoleName.Targets, RoleName.Timestamp]).ToDictionary(role => role, _ => new RoleKeys { KeyIds = [], Threshold = 1 }),
    };
}
