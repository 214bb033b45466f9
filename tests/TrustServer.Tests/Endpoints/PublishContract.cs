using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>Publishing as owners and clients see it, on each database.</summary>
public abstract class PublishContract(PostgresFixture? postgres)
{
    [Fact]
    public async Task Publish_RootAndTargets_ServesTheUploadedBytesUnderTheirVersions()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.AskForKeysAsync(server.Client);
        var (root, targets) = (owner.RootFile(), owner.TargetsFile(1, "1.0"));

        var versions = await owner.PublishAsync(server.Client, ("root", root), ("targets", targets)).VersionsAsync();

        Assert.Equal(new() { ["root"] = 1, ["targets"] = 1, ["snapshot"] = 1, ["timestamp"] = 1 }, versions);
        Assert.Equal(root, await server.Client.GetByteArrayAsync($"{owner.MetadataPath}/1.root.json"));
        Assert.Equal(root, await server.Client.GetByteArrayAsync($"{owner.MetadataPath}/root.json"));
        Assert.Equal(targets, await server.Client.GetByteArrayAsync($"{owner.MetadataPath}/1.targets.json"));
    }

    [Fact]
    public async Task Publish_NextTargets_MovesSnapshotAndTimestampWithThem()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);

        var versions = await owner.PublishAsync(server.Client, ("targets.json", owner.TargetsFile(2, "1.0"))).VersionsAsync();

        Assert.Equal(new() { ["root"] = 1, ["targets"] = 2, ["snapshot"] = 2, ["timestamp"] = 2 }, versions);
        var snapshot = JsonNode.Parse(await server.Client.GetStringAsync($"{owner.MetadataPath}/2.snapshot.json"))!;
        Assert.Equal(2, (int?)snapshot["signed"]!["meta"]!["targets.json"]!["version"]);
    }

    [Fact]
    public async Task Publish_SameBytesAgain_ChangesNothing()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        var targets = owner.TargetsFile(2, "1.0");
        await owner.PublishAsync(server.Client, ("targets", targets)).VersionsAsync();
        var timestamp = await server.Client.GetByteArrayAsync($"{owner.MetadataPath}/timestamp.json");

        var versions = await owner.PublishAsync(server.Client, ("targets", targets)).VersionsAsync();

        Assert.Equal(2, versions["timestamp"]);
        await server.Client.UnmovedAsync(owner.MetadataPath, timestamp);
    }

    [Fact]
    public async Task Case22_TwoPublishersFromTheSameVersion_OneWinsAndTheOtherLearnsTheCurrentVersions()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(2, $"1.{i}")))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var loser in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
        {
            var problem = await Task.FromResult(loser).RefusedAsync(TrustError.PublishConflict);
            Assert.Equal(2, (int?)problem["versions"]!["targets"]);
        }
        var timestamp = JsonNode.Parse(await server.Client.GetStringAsync($"{owner.MetadataPath}/timestamp.json"))!;
        Assert.Equal(2, (int?)timestamp["signed"]!["version"]);
    }

    [Fact]
    public async Task Case22_FiftyPublishers_EndWithALinearHistory()
    {
        const int Publishers = 50;
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);

        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(async i =>
        {
            for (var version = 2L; ;)
            {
                using var answer = await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(version, $"tag-{i}")));
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
                Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
                version = (long)(await answer.JsonAsync())["versions"]!["targets"]! + 1;
            }
        }));

        for (var version = 1; version <= Publishers + 1; version++)
        {
            var snapshot = JsonNode.Parse(await server.Client.GetStringAsync($"{owner.MetadataPath}/{version}.snapshot.json"))!;
            Assert.Equal(version, (int?)snapshot["signed"]!["meta"]!["targets.json"]!["version"]);
        }
        using var beyond = await server.Client.GetAsync($"{owner.MetadataPath}/{Publishers + 2}.targets.json");
        Assert.Equal(HttpStatusCode.NotFound, beyond.StatusCode);
    }

    [Fact]
    public async Task Publish_IntoOneOfManyBins_LeavesTheOthersAlone()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        var bins = Enumerable.Range(0, 256).Select(bin => $"bin-{bin.ToString("x2", CultureInfo.InvariantCulture)}").ToList();
        var (targets, empty) = (owner.Targets(2), owner.TargetsFile(1));
        RepositoryBuilder.DelegateToBins(targets, 8, owner.TargetsKey);

        var all = await owner.PublishAsync(server.Client, [("targets", RepositoryBuilder.Sign(targets, owner.TargetsKey)), .. bins.Select(bin => (bin, empty))]).VersionsAsync();
        var one = await owner.PublishAsync(server.Client, ("bin-07", owner.TargetsFile(2, "1.0"))).VersionsAsync();
        await server.RestartAsync();
        var two = await owner.PublishAsync(server.Client, ("bin-08", owner.TargetsFile(2, "2.0")), ("bin-07", owner.TargetsFile(3, "1.1"))).VersionsAsync();
        var again = await owner.PublishAsync(server.Client, ("bin-ff", empty)).VersionsAsync();

        // The answer to the first publish of all bins names all of them, later ones those that changed.
        Assert.Equal(260, all.Count);
        Assert.Equal(new() { ["root"] = 1, ["targets"] = 2, ["snapshot"] = 3, ["timestamp"] = 3, ["bin-07"] = 2 }, one);
        Assert.Equal(new() { ["root"] = 1, ["targets"] = 2, ["snapshot"] = 4, ["timestamp"] = 4, ["bin-07"] = 3, ["bin-08"] = 2 }, two);
        Assert.Equal(4, again["timestamp"]);
        var meta = JsonNode.Parse(await server.Client.GetStringAsync($"{owner.MetadataPath}/4.snapshot.json"))!["signed"]!["meta"]!.AsObject();
        Assert.Equal(["bin-07.json 3", "bin-08.json 2", "targets.json 2"], meta.Where(file => (int)file.Value!["version"]! > 1).Select(file => $"{file.Key} {file.Value!["version"]}"));
        Assert.Equal(257, meta.Count);
        Assert.Equal(empty, await server.Client.GetByteArrayAsync($"{owner.MetadataPath}/1.bin-ff.json"));
        var late = await owner.PublishAsync(server.Client, ("bin-07", owner.TargetsFile(2, "other"))).RefusedAsync(TrustError.PublishConflict);
        Assert.Equal(3, (int?)late["versions"]!["bin-07"]);
        await owner.PublishAsync(server.Client, ("bin-09", RepositoryBuilder.Sign(owner.Targets(2, "1.0"), owner.RootKey))).RefusedAsync(TrustError.ThresholdNotMet);
        await owner.PublishAsync(server.Client, ("bin-100", owner.TargetsFile(1))).RefusedAsync(TrustError.RoleNotListed);
    }

    [Fact]
    public async Task Publish_TargetsThatCutOffABin_IsRefused()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        var (targets, stranger) = (owner.Targets(2), owner.NewKey());
        RepositoryBuilder.DelegateToBins(targets, 1, owner.TargetsKey);
        await owner.PublishAsync(server.Client, ("targets", RepositoryBuilder.Sign(targets, owner.TargetsKey)), ("bin-0", owner.TargetsFile()), ("bin-1", owner.TargetsFile())).VersionsAsync();
        var timestamp = await server.Client.GetByteArrayAsync($"{owner.MetadataPath}/timestamp.json");
        var (next, bin) = (owner.Targets(3), owner.Targets(2));
        RepositoryBuilder.DelegateToBins(next, 1, stranger);
        RepositoryBuilder.Delegate(bin, "bin-1", 1, "*", stranger);

        // All bins get another key, but one of them is not signed anew; and a bin that delegates has all roles checked, too.
        await owner.PublishAsync(server.Client, ("targets", RepositoryBuilder.Sign(next, owner.TargetsKey)), ("bin-0", RepositoryBuilder.Sign(owner.Targets(2), stranger))).RefusedAsync(TrustError.ThresholdNotMet);
        Assert.Equal(2, (await owner.PublishAsync(server.Client, ("bin-0", RepositoryBuilder.Sign(bin, owner.TargetsKey))).VersionsAsync())["bin-0"]);

        Assert.NotEqual(timestamp, await server.Client.GetByteArrayAsync($"{owner.MetadataPath}/timestamp.json"));
    }

    [Fact]
    public async Task Case57_RestartAndSecondInstance_KeepTheOnlineKeys()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        await server.RestartAsync();
        Assert.Equal(2, (await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(2, "1.0"))).VersionsAsync())["timestamp"]);
        await using var neighbour = await server.StartNeighbourAsync();

        Assert.Equal(3, (await owner.PublishAsync(neighbour.Client, ("targets", owner.TargetsFile(3, "1.0"))).VersionsAsync())["timestamp"]);
        Assert.Equal(4, (await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(4, "1.0"))).VersionsAsync())["timestamp"]);

        var (data, key) = (Path.Combine(server.Directory, "data"), Path.Combine(server.Directory, "data", "master.key"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Fact]
    public async Task Delete_Repository_TakesItsFilesAndLeavesOthers()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new RepositoryBuilder(server.Clock);
        using var other = new RepositoryBuilder(server.Clock, "registry.example.com/team/app2");
        await owner.InitAsync(server.Client);
        await other.InitAsync(server.Client);

        using var deleted = await server.Client.DeleteAsync($"/api/v1/repositories/{owner.Name}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await server.Client.GetAsync($"{owner.MetadataPath}/timestamp.json").RefusedAsync(TrustError.RepositoryUnknown);
        await server.Client.DeleteAsync($"/api/v1/repositories/{owner.Name}").RefusedAsync(TrustError.RepositoryUnknown);
        Assert.NotEmpty(await server.Client.GetByteArrayAsync($"{other.MetadataPath}/timestamp.json"));
        await owner.InitAsync(server.Client, "again");
    }
}
