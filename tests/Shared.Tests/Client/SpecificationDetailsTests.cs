using System.Text.Json;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

/// <summary>Single sentences of the specification that no other test is about.</summary>
public sealed class SpecificationDetailsTests : IDisposable
{
    private static readonly string[] UpToSnapshot = ["root.json", "timestamp.json", "snapshot.json"];

    private readonly RepositorySimulator repository = new(FixedTime.Start, listsHashes: false);
    private readonly ClientFixture client;

    public SpecificationDetailsTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    // TUF 1.0.34 §4.6.
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"snapshot.json":{"version":1},"targets.json":{"version":1}}""")]
    [InlineData("""{"targets.json":{"version":1}}""")]
    public async Task Timestamp_NamesOtherThanSnapshotAlone_IsRefused(string meta)
    {
        Forge("timestamp.json", RoleName.Timestamp, signed => signed["meta"] = JsonNode.Parse(meta));

        await client.RefusedAsync(TrustError.MalformedMetadata);
    }

    // TUF 1.0.34 §4.4.
    [Fact]
    public async Task Snapshot_WithoutTargets_IsRefused()
    {
        Forge("1.snapshot.json", RoleName.Snapshot, signed => signed["meta"]!.AsObject().Remove("targets.json"));

        await client.RefusedAsync(TrustError.MalformedMetadata, ["timestamp.json"]);
    }

    // TUF 1.0.34 §4.5: names are unique within one delegations object.
    [Fact]
    public async Task Targets_DelegateToOneNameTwice_AreRefused()
    {
        repository.Delegate(RoleName.Targets, "team", ["*"]);
        repository.Publish(RoleName.Targets);
        Forge("2.targets.json", RoleName.Targets, signed => signed["delegations"]!["roles"]!.AsArray().Add(signed["delegations"]!["roles"]![0]!.DeepClone()));

        await client.RefusedAsync(TrustError.MalformedMetadata, UpToSnapshot);
    }

    // TUF 1.0.34 §4.3: one id never stands for two keys.
    [Fact]
    public async Task Root_ListsOneIdForTwoKeys_IsRefused()
    {
        repository.PublishOnly(RoleName.Root);
        var signed = JsonNode.Parse(repository.Files["2.root.json"])!["signed"]!.ToJsonString();
        var twice = signed.Replace("\"keys\":{", $"\"keys\":{{\"{repository.Signers[RoleName.Timestamp][0].Describe().Id.Value}\":{TestKeys.New().Describe().Source.GetRawText()},", StringComparison.Ordinal);
        repository.Files["2.root.json"] = MetadataCorruptor.SignText(signed, twice, repository.Signers[RoleName.Root]);

        await client.RefusedAsync(TrustError.MalformedJson);
    }

    // TUF 1.0.34 §4.5: custom is for the application; nothing here reads it.
    [Theory]
    [InlineData("""{"threshold":0,"_type":"root","version":-1}""", true)]
    [InlineData("{}", true)]
    [InlineData("[]", false)]
    [InlineData("\"text\"", false)]
    public async Task Target_WithCustomData_HandsItOn(string custom, bool isAccepted)
    {
        repository.AddTarget(RoleName.Targets, "file", "content");
        repository.Publish(RoleName.Targets);
        Forge("2.targets.json", RoleName.Targets, signed => signed["targets"]!["file"]!["custom"] = JsonNode.Parse(custom));

        if (isAccepted)
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(custom), (await client.FindAsync("file"))!.Target.Custom!.Value));
        else
            await client.RefusedAsync(TrustError.MalformedMetadata, UpToSnapshot);
    }

    // TUF 1.0.34 §5.5.2 and §5.6.2: hashes before signatures, so that foreign bytes are not even parsed.
    [Theory]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public async Task File_WithWrongHashAndNoJsonAtAll_FailsByItsHash(string role)
    {
        repository.ListsHashes = true;
        repository.Publish(RoleName.Targets);
        repository.Files[$"2.{role}.json"] = [.. repository.Files[$"2.{role}.json"].Select(_ => (byte)'[')];

        await client.RefusedAsync(TrustError.HashMismatch, ["timestamp.json", "snapshot.json"]);
    }

    // TUF 1.0.34 §6.1: whoever delegates gives a role new keys, alone.
    [Fact]
    public async Task DelegatedRole_WithKeysThatItsDelegatorReplaced_CountsWithTheNewOnesOnly()
    {
        var role = repository.Delegate(RoleName.Targets, "team", ["*"]);
        repository.AddTarget(role, "file", "content");
        repository.Publish(RoleName.Targets, role);
        await client.FindAsync("file");
        var former = repository.Signers[role];
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with { Delegations = null };
        repository.Delegate(RoleName.Targets, "team", ["*"]);
        var current = repository.Signers[role];

        repository.Signers[role] = former;
        repository.Publish(RoleName.Targets, role);
        await client.RefusedAsync(TrustError.ThresholdNotMet, ["timestamp.json", "snapshot.json", "targets.json", "last-seen"], "file");
        repository.Signers[role] = current;
        repository.Publish(role);

        Assert.NotNull(await client.FindAsync("file"));
        Assert.Equal(1, (await client.RefreshAsync()).Snapshot.Root.Version);
    }

    // TUF 1.0.34 §5.6: a delegated role is held to everything that top-level targets are held to.
    [Theory]
    [InlineData("expired", TrustError.Expired)]
    [InlineData("version", TrustError.VersionMismatch)]
    [InlineData("type", TrustError.WrongRoleType)]
    [InlineData("signature", TrustError.ThresholdNotMet)]
    [InlineData("length", TrustError.LengthMismatch)]
    [InlineData("hash", TrustError.HashMismatch)]
    public async Task DelegatedRole_WithAnyFault_IsRefusedLikeTargets(string fault, TrustError expected)
    {
        var role = repository.Delegate(RoleName.Targets, "team", ["*"]);
        repository.AddTarget(role, "file", "content");
        repository.ListsHashes = fault is "length" or "hash";
        repository.Publish(RoleName.Targets, role);
        var file = repository.Files["1.team.json"];
        repository.Files["1.team.json"] = fault switch
        {
            "expired" => MetadataCorruptor.Forge(file, signed => signed["expires"] = "2030-03-01T12:00:00Z", repository.Signers[role]),
            "version" => MetadataCorruptor.Forge(file, signed => signed["version"] = 2, repository.Signers[role]),
            "type" => MetadataCorruptor.Forge(file, signed => signed["_type"] = "snapshot", repository.Signers[role]),
            "signature" => MetadataCorruptor.WithWrongSignature(file),
            "length" => file[..^1],
            _ => [.. file[..^1], (byte)' '],
        };

        await client.RefusedAsync(expected, ["timestamp.json", "snapshot.json", "targets.json", "last-seen"], "file");
        Assert.DoesNotContain("team.json", client.State().Keys);
    }

    private void Forge(string file, RoleName role, Action<JsonObject> change) =>
        repository.Files[file] = MetadataCorruptor.Forge(repository.Files[file], change, repository.Signers[role]);
}
