using System.Net;
using System.Text.Json.Nodes;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints.Notary;

/// <summary>Publishing as Notary clients do it, on each database.</summary>
public abstract class NotaryPublishContract(PostgresFixture? postgres)
{
    [Fact]
    public async Task Publish_First_ServesTheUploadedBytesByRoleVersionAndChecksum()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.AskForKeysAsync(server.Client);
        var (root, targets) = (owner.RootFile(), owner.TargetsFile(2, "1.0"));

        using var answer = await owner.PublishAsync(server.Client, ("targets.json", targets), ("root", root));

        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        foreach (var name in (string[])["root.json", "1.root.json", "01.root.json", $"root.{NotaryJson.Sha256Hex(root)}.json"])
            Assert.Equal(root, await owner.ReadAsync(server.Client, name));
        foreach (var name in (string[])["targets.json", "2.targets.json", $"targets.{NotaryJson.Sha256Hex(targets)}.json"])
            Assert.Equal(targets, await owner.ReadAsync(server.Client, name));
        var snapshot = await owner.SignedAsync(server.Client, "snapshot.json");
        Assert.Equal(targets.Length, (int?)snapshot["meta"]!["targets"]!["length"]);
        Assert.Equal(root.Length, (int?)snapshot["meta"]!["root"]!["length"]);
        Assert.Equal((1, 1), (await owner.VersionAsync(server.Client, "snapshot"), await owner.VersionAsync(server.Client, "timestamp")));
    }

    [Fact]
    public async Task Publish_WithoutAnyPart_MovesSnapshotAndTimestampOnly()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client, "1.0");
        var targets = await owner.ReadAsync(server.Client, "targets.json");

        var (status, body) = await RawHttp.SendAsync(
            server.Client.BaseAddress!,
            $"POST {owner.Path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary={new string('b', 60)}\r\nContent-Length: 68\r\n\r\n\r\n--{new string('b', 60)}--\r\n");

        Assert.Equal((HttpStatusCode.OK, ""), (status, body));
        Assert.Equal((1, 2, 2), (await owner.VersionAsync(server.Client, "root"), await owner.VersionAsync(server.Client, "snapshot"), await owner.VersionAsync(server.Client, "timestamp")));
        Assert.Equal(targets, await owner.ReadAsync(server.Client, "targets.json"));
    }

    [Fact]
    public async Task Publish_TwoPartsForOneRole_TakesTheLast()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);
        var last = owner.TargetsFile(2, "last");

        await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(2, "first")), ("targets.json", last)).OkAsync();

        Assert.Equal(last, await owner.ReadAsync(server.Client, "targets.json"));
    }

    [Fact]
    public async Task Publish_WithATimestamp_MakesItsOwn()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);

        await owner.PublishAsync(server.Client, ("timestamp", """{"signed":{"version":99}}"""u8.ToArray()), ("targets", owner.TargetsFile(2))).OkAsync();

        Assert.Equal(2, await owner.VersionAsync(server.Client, "timestamp"));
        await owner.PublishAsync(server.Client, ("timestamp", "{"u8.ToArray())).ErrorAsync(HttpStatusCode.BadRequest, "MALFORMED_JSON");
    }

    [Fact]
    public async Task Publish_OddParts_AreRefusedByTheirNames()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);
        var targets = owner.TargetsFile(2);

        foreach (var role in (string[])["other", "targets/", "targets/A", "targets//a", "targets/../root", "Root", "targets/" + new string('a', 300)])
            Assert.StartsWith(role[..4], (string?)(await owner.PublishAsync(server.Client, (role, targets)).ErrorAsync(HttpStatusCode.BadRequest, "INVALID_ROLE"))["detail"], StringComparison.Ordinal);
        using var nameless = new MultipartFormDataContent { { new ByteArrayContent(targets), "files" } };
        await server.Client.PostAsync(owner.Path, nameless).ErrorAsync(HttpStatusCode.BadRequest, "NO_FILENAME");
        await server.Client.PostAsync(owner.Path, new StringContent("x")).ErrorAsync(HttpStatusCode.BadRequest, "MALFORMED_UPLOAD");
        await owner.PublishAsync(server.Client, ("targets", "not JSON"u8.ToArray())).ErrorAsync(HttpStatusCode.BadRequest, "MALFORMED_JSON");
        foreach (var (member, value) in ((string, JsonNode)[])[("version", "2"), ("expires", 5)])
        {
            var odd = NotaryOwner.Targets(owner.Expires(10), 2);
            odd[member] = value;
            await owner.PublishAsync(server.Client, ("targets", NotaryOwner.File(odd, owner.TargetsKey))).ErrorAsync(HttpStatusCode.BadRequest, "MALFORMED_JSON");
        }

        Assert.Equal(1, await owner.VersionAsync(server.Client, "timestamp"));
    }

    [Fact]
    public async Task Publish_BadMetadata_IsRefusedWithTheErrorThatClientsRebuild()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        using var stranger = new NotaryOwner(server.Clock);
        using var clientHeld = new NotaryOwner(server.Clock, "client/held", holdsSnapshotKey: true);
        Assert.Contains("no pre-existing root", await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(1))).InvalidUpdateAsync("ErrValidation"), StringComparison.Ordinal);
        await owner.AskForKeysAsync(server.Client);
        Assert.Contains("targets must be loaded first", await owner.PublishAsync(server.Client, ("root", owner.RootFile())).InvalidUpdateAsync("ErrValidation"), StringComparison.Ordinal);
        await owner.InitAsync(server.Client);
        await stranger.AskForKeysAsync(server.Client);
        await clientHeld.InitAsync(server.Client);

        Assert.Contains("valid signatures did not meet threshold for targets", await owner.PublishAsync(server.Client, ("targets", stranger.TargetsFile(2))).InvalidUpdateAsync("ErrBadTargets"), StringComparison.Ordinal);
        Assert.Contains("could not rotate trust", await owner.PublishAsync(server.Client, ("root", stranger.RootFile(2))).InvalidUpdateAsync("ErrBadRoot"), StringComparison.Ordinal);
        await owner.PublishAsync(server.Client, ("root", owner.RootFile(5))).InvalidUpdateAsync("ErrBadRoot");
        await owner.PublishAsync(server.Client, ("root", "{\"signed\":{\"_type\":\"Root\"},\"signatures\":[]}"u8.ToArray())).InvalidUpdateAsync("ErrBadRoot");
        Assert.Contains("delegation does not exist", await owner.PublishAsync(server.Client, ("targets/nobody", stranger.TargetsFile(1))).InvalidUpdateAsync("ErrBadTargets"), StringComparison.Ordinal);
        // What is wrong with a file comes before what is missing beside it.
        await clientHeld.PublishAsync(server.Client, ("targets", stranger.TargetsFile(2))).InvalidUpdateAsync("ErrBadTargets");
        Assert.Contains("delegation does not exist", await clientHeld.PublishAsync(server.Client, ("targets/nobody", clientHeld.TargetsFile(1))).InvalidUpdateAsync("ErrBadTargets"), StringComparison.Ordinal);
        var hierarchy = await clientHeld.PublishAsync(server.Client, ("targets", clientHeld.TargetsFile(2))).ErrorAsync(HttpStatusCode.BadRequest, "INVALID_UPDATE");
        Assert.Equal(
            """{"Name":"ErrBadHierarchy","Error":{"Missing":"snapshot","Msg":"no snapshot was included in update and server does not hold current snapshot key for repository"}}""",
            hierarchy["detail"]!.ToJsonString());

        Assert.Equal((1, 1), (await owner.VersionAsync(server.Client, "timestamp"), await clientHeld.VersionAsync(server.Client, "timestamp")));
    }

    [Fact]
    public async Task Publish_OfTheWrongShape_SaysSoInTheOldWords()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);
        var targets = NotaryOwner.Targets(owner.Expires(10), 2);

        await RefusedAsync("targets", "ErrBadTargets", "tuf: data has no signatures", NotaryOwner.File(targets));
        await RefusedAsync("targets", "ErrBadTargets", "expected type Targets, not targets", Changed(targets, signed => signed["_type"] = "targets", owner.TargetsKey));
        await RefusedAsync("targets", "ErrBadTargets", "version cannot be less than one", Changed(targets, signed => signed["version"] = 0, owner.TargetsKey));
        var root = JsonNode.Parse(owner.RootFile(2))!["signed"]!.AsObject();
        await RefusedAsync("root", "ErrBadRoot", "missing timestamp role specification", Changed(root, signed => signed["roles"]!.AsObject().Remove("timestamp"), owner.RootKey));
        await RefusedAsync("root", "ErrBadRoot", "invalid threshold specified for targets: 0", Changed(root, signed => signed["roles"]!["targets"]!["threshold"] = 0, owner.RootKey));
        await RefusedAsync("root", "ErrBadRoot", $"key ID {owner.TargetsKey.Id} specified in targets without corresponding key", Changed(root, signed => signed["keys"]!.AsObject().Remove(owner.TargetsKey.Id), owner.RootKey));
        Assert.Equal(1, await owner.VersionAsync(server.Client, "timestamp"));

        async Task RefusedAsync(string role, string name, string phrase, byte[] file) =>
            Assert.StartsWith(phrase, await owner.PublishAsync(server.Client, (role, file)).InvalidUpdateAsync(name), StringComparison.Ordinal);

        static byte[] Changed(JsonObject signed, Action<JsonObject> change, NotaryKeyPair key)
        {
            var copy = signed.DeepClone().AsObject();
            change(copy);
            return NotaryOwner.File(copy, key);
        }
    }

    [Fact]
    public async Task Publish_AVersionThatIsThere_IsAVersionConflict()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);
        var timestamp = await owner.ReadAsync(server.Client, "timestamp.json");

        // The very same bytes too: a client that sends them did not see that they were published.
        foreach (var (role, file) in ((string, byte[])[])[("targets", await owner.ReadAsync(server.Client, "targets.json")), ("targets", owner.TargetsFile(1, "other")), ("root", await owner.ReadAsync(server.Client, "root.json")), ("root", owner.RootFile(1))])
            Assert.Equal("{}", (await owner.PublishAsync(server.Client, (role, file)).ErrorAsync(HttpStatusCode.BadRequest, "VERSION"))["detail"]!.ToJsonString());

        Assert.Equal(timestamp, await owner.ReadAsync(server.Client, "timestamp.json"));
    }

    [Fact]
    public async Task Race_OfManyPublishers_OneWinsAndEveryOtherHearsOfTheVersion()
    {
        const int Publishers = 40;
        await using var server = await TestServer.StartAsync(postgres);
        await using var neighbour = await server.StartNeighbourAsync();
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);

        var answers = await Task.WhenAll(Enumerable.Range(0, Publishers).Select(i =>
            owner.PublishAsync((i % 2 == 0 ? server : neighbour).Client, ("targets", owner.TargetsFile(2, $"1.{i}")))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var loser in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
            await Task.FromResult(loser).ErrorAsync(HttpStatusCode.BadRequest, "VERSION");
        Assert.Equal(2, await owner.VersionAsync(server.Client, "timestamp"));
    }

    [Fact]
    public async Task Race_OfFirstPublishes_OneWins()
    {
        await using var server = await TestServer.StartAsync(postgres);
        var owners = Enumerable.Range(0, 8).Select(_ => new NotaryOwner(server.Clock)).ToList();
        foreach (var owner in owners)
            await owner.AskForKeysAsync(server.Client);

        var answers = await Task.WhenAll(owners.Select(owner => owner.PublishAsync(server.Client, ("root", owner.RootFile()), ("targets", owner.TargetsFile()))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, answer.StatusCode.ToString()));
        owners.ForEach(owner => owner.Dispose());
    }

    [Fact]
    public async Task Delegation_SignedByItsKey_IsReadableUntilItIsRemoved()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        using var key = NotaryKeyPair.Bare();
        await owner.InitAsync(server.Client);
        await owner.PublishAsync(server.Client, ("targets", owner.DelegatingFile(2, "targets/releases", key))).OkAsync();
        await server.Client.GetAsync(owner.Path + "targets/releases.json").NotFoundAsync();
        var file = owner.DelegatedFile(1, key, "1.0");

        await owner.PublishAsync(server.Client, ("targets/releases", file)).OkAsync();

        Assert.Equal(file, await owner.ReadAsync(server.Client, "targets/releases.json"));
        Assert.Equal(file, await owner.ReadAsync(server.Client, "1.targets/releases.json"));
        await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(3))).OkAsync();
        await server.Client.GetAsync(owner.Path + "targets/releases.json").NotFoundAsync();
        Assert.False((await owner.SignedAsync(server.Client, "snapshot.json"))["meta"]!.AsObject().ContainsKey("targets/releases"));
    }

    [Fact]
    public async Task Delegation_GivenToAnotherKey_DoesNotTakeItsVersionBack()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        using var key = NotaryKeyPair.Bare();
        using var other = NotaryKeyPair.Bare();
        await owner.InitAsync(server.Client);
        var file = owner.DelegatedFile(9, key, "1.0");
        await owner.PublishAsync(server.Client, ("targets", owner.DelegatingFile(2, "targets/releases", key)), ("targets/releases", file)).OkAsync();

        using var answer = await owner.PublishAsync(server.Client, ("targets", owner.DelegatingFile(3, "targets/releases", other)), ("targets/releases", owner.DelegatedFile(1, other, "1.0")));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(file, await owner.ReadAsync(server.Client, "targets/releases.json"));
    }

    [Fact]
    public async Task SnapshotKey_GivenToTheServerAndTakenBack_IsUsedByWhoHoldsIt()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock, holdsSnapshotKey: true);
        await owner.InitAsync(server.Client);
        var held = owner.SnapshotKey!;
        owner.SnapshotKey = null;
        await owner.AskForKeysAsync(server.Client, isNew: true);

        await owner.PublishAsync(server.Client, ("root", owner.RootFile(2))).OkAsync();
        await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(2))).OkAsync();
        Assert.Equal(3, await owner.VersionAsync(server.Client, "snapshot"));
        var listed = await (await server.Client.GetAsync(owner.Path + "snapshot.key")).JsonAsync();
        Assert.Contains(NotaryJson.Sha256Hex(NotaryJson.Canonical(listed)), (await owner.SignedAsync(server.Client, "root.json"))["keys"]!.AsObject());

        owner.SnapshotKey = held;
        var (root, targets) = (owner.RootFile(3), await owner.ReadAsync(server.Client, "targets.json"));
        await owner.PublishAsync(server.Client, ("snapshot", owner.SnapshotFile(4, ("root", root), ("targets", targets))), ("root", root)).OkAsync();
        Assert.Equal(4, await owner.VersionAsync(server.Client, "snapshot"));
        var next = owner.TargetsFile(3);
        await owner.PublishAsync(server.Client, ("targets", next), ("snapshot", owner.SnapshotFile(5, ("root", root), ("targets", next)))).OkAsync();
    }

    [Fact]
    public async Task RootRotation_UnderANewCertificate_KeepsEveryRoot()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);
        var roots = new List<byte[]> { await owner.ReadAsync(server.Client, "root.json") };
        for (var version = 2; version <= 4; version++)
        {
            roots.Add(owner.RotatedRootFile(version));
            await owner.PublishAsync(server.Client, ("root", roots[^1])).OkAsync();
        }

        for (var version = 1; version <= 4; version++)
            Assert.Equal(roots[version - 1], await owner.ReadAsync(server.Client, $"{version}.root.json"));
    }
}
