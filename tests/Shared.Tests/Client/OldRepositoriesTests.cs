using System.Text.Json.Nodes;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

/// <summary>What real repositories hold that no specification of today asks for, one by one: read, and never written; members that nobody knows are kept.</summary>
public sealed class OldRepositoriesTests : IDisposable
{
    private static readonly Dictionary<string, Action<JsonObject>> Shapes = new()
    {
        ["spec_version 1.0"] = signed => signed["spec_version"] = "1.0",
        ["spec_version 1.0.0"] = signed => signed["spec_version"] = "1.0.0",
        ["expiry with a fraction and an offset"] = signed => signed["expires"] = "2030-03-18T13:28:12.99008-06:00",
        ["expiry with nanoseconds"] = signed => signed["expires"] = "2030-03-18T13:28:45.0000001Z",
        ["expiry with an offset of zero"] = signed => signed["expires"] = "2030-03-18T13:28:45+00:00",
        ["members of the tool"] = signed => signed["x-tuf-on-ci-signing-period"] = 60,
    };

    private readonly RepositorySimulator repository = new(FixedTime.Start, listsHashes: false);
    private readonly ClientFixture client;

    public OldRepositoriesTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    public static TheoryData<string> EveryShape => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(EveryShape))]
    public void Next_VersionAfterThatShape_IsWrittenStrictly(string shape)
    {
        var file = MetadataCorruptor.Forge(repository.Files["1.targets.json"], Shapes[shape], repository.Signers[RoleName.Targets]);
        var current = TufFormat.Instance.Read<Targets>(file, file.Length).Signed;

        var written = JsonNode.Parse(TufFormat.Instance.WriteSigned(TargetsEditor.Next(current, new TargetsChange(), current.Expires)))!;

        Assert.Equal(TufFormat.SpecVersion, written["spec_version"]!.GetValue<string>());
        Assert.Matches(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\z", written["expires"]!.GetValue<string>());
        Assert.Equal(shape == "members of the tool", written["x-tuf-on-ci-signing-period"] is not null);
    }

    [Theory]
    [MemberData(nameof(EveryShape))]
    public async Task Find_ShapeInEveryFile_IsRead(string shape)
    {
        var team = repository.Delegate(RoleName.Targets, "team", ["*"]);
        repository.AddTarget(team, "file", "content");
        repository.PublishOnly(RoleName.Root);
        repository.Publish(RoleName.Targets, team);
        foreach (var (file, role) in ((string, RoleName)[])[("2.root.json", RoleName.Root), ("timestamp.json", RoleName.Timestamp), ("2.snapshot.json", RoleName.Snapshot), ("2.targets.json", RoleName.Targets), ("1.team.json", team)])
            repository.Files[file] = MetadataCorruptor.Forge(repository.Files[file], Shapes[shape], repository.Signers[role]);

        Assert.NotNull(await client.FindAsync("file"));
    }

    // Parts of a second and offsets count: a date in another form is no later one.
    [Theory]
    [InlineData("2030-03-01T12:00:00.0000001Z", true)]
    [InlineData("2030-03-01T12:00:00.0000000Z", false)]
    [InlineData("2030-03-01T06:00:01-06:00", true)]
    [InlineData("2030-03-01T06:00:00-06:00", false)]
    [InlineData("2030-03-01T13:59:59+02:00", false)]
    public async Task Refresh_ExpiryInAnotherForm_IsTheSameInstant(string expires, bool isFresh)
    {
        repository.Files["timestamp.json"] = MetadataCorruptor.Forge(repository.Files["timestamp.json"], signed => signed["expires"] = expires, repository.Signers[RoleName.Timestamp]);

        if (isFresh)
            await client.RefreshAsync();
        else
            await client.RefusedAsync(TrustError.Expired);
    }

    [Fact]
    public async Task Refresh_RootListedInSnapshot_IsPassedOver()
    {
        repository.Files["1.snapshot.json"] = MetadataCorruptor.Forge(
            repository.Files["1.snapshot.json"],
            signed => signed["meta"]!["root.json"] = new JsonObject { ["version"] = 9, ["length"] = 1, ["hashes"] = new JsonObject { ["sha512"] = "00" } },
            repository.Signers[RoleName.Snapshot]);

        Assert.Equal(1, (await client.RefreshAsync()).Snapshot.Root.Version);
    }

    [Fact]
    public async Task Refresh_RootWithoutConsistentSnapshotAndWithARoleForMirrors_IsRead()
    {
        repository.PublishOnly(RoleName.Root);
        repository.Files["2.root.json"] = MetadataCorruptor.Forge(
            repository.Files["2.root.json"],
            signed =>
            {
                signed.Remove("consistent_snapshot");
                signed["roles"]!["mirrors"] = signed["roles"]!["targets"]!.DeepClone();
            },
            repository.Signers[RoleName.Root]);

        await client.RefreshAsync();

        Assert.Equal(["2.root.json", "3.root.json", "timestamp.json", "snapshot.json", "targets.json"], repository.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not hex")]
    [InlineData("abc")]
    public async Task Refresh_SignatureSlotThatNobodyFilled_IsPassedOver(string signature)
    {
        var keys = TestKeys.New(2);
        repository.Assign(RoleName.Targets, 1, keys);
        repository.PublishOnly(RoleName.Root);
        repository.Publish(RoleName.Targets);
        repository.Files["2.targets.json"] = MetadataCorruptor.Edit(repository.Files["2.targets.json"], file => file["signatures"]![0]!["sig"] = signature);

        Assert.Equal(keys[1].Describe().Id, Assert.Single((await client.RefreshAsync()).Signers.Signed));
    }

    [Theory]
    [InlineData("point in hex", SignatureScheme.EcdsaP256Sha256)]
    [InlineData("old key type", SignatureScheme.EcdsaP256Sha256)]
    [InlineData("old key type", SignatureScheme.EcdsaP384Sha384)]
    [InlineData("both", SignatureScheme.EcdsaP256Sha256)]
    [InlineData("empty private member", SignatureScheme.Ed25519)]
    [InlineData("list of hash algorithms", SignatureScheme.RsaPssSha256)]
    public async Task Refresh_KeyAsOldToolsWroteIt_Counts(string shape, SignatureScheme scheme)
    {
        var key = TestKeys.Of(scheme);
        var json = RepositoryBuilder.KeyObject(key);
        if (shape is "old key type" or "both")
            json["keytype"] = json["scheme"]!.DeepClone();
        if (shape is "point in hex" or "both")
            json["keyval"]!["public"] = PointOf(key);
        if (shape == "empty private member")
            json["keyval"]!["private"] = "";
        if (shape == "list of hash algorithms")
            json["keyid_hash_algorithms"] = new JsonArray("sha256", "sha512");
        var id = RepositoryBuilder.KeyId(json);
        repository.PublishOnly(RoleName.Root);
        repository.Files["2.root.json"] = MetadataCorruptor.Forge(
            repository.Files["2.root.json"],
            signed =>
            {
                signed["keys"]![id] = json;
                signed["roles"]!["targets"]!["keyids"] = new JsonArray(id);
            },
            repository.Signers[RoleName.Root]);
        repository.Publish(RoleName.Targets);
        repository.Files["2.targets.json"] = RepositoryBuilder.Sign(JsonNode.Parse(repository.Files["2.targets.json"])!["signed"]!.AsObject(), (id, key));

        Assert.Equal(id, Assert.Single((await client.RefreshAsync()).Signers.Signed).Value);
    }

    private static string PointOf(ISigningKey key) => Convert.ToHexStringLower(key.Material.Span[^65..]);
}
