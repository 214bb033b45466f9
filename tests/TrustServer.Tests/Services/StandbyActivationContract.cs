using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Testing;
using static TrustService.Testing.RepositoryBuilder;

namespace TrustService.Server.Tests.Services;

/// <summary>An online key was stolen or lost, and the operator fetches the standby key from the safe; on each database.</summary>
public abstract class StandbyActivationContract(PostgresFixture? postgres) : IAsyncLifetime
{
    private TestDirectory Directory { get; } = new();

    private IExportableKey Standby { get; } = SigningKeys.Generate(SigningKeys.DefaultScheme);

    private TestServer Server { get; set; } = null!;

    private RepositoryBuilder Listed { get; set; } = null!;

    private RepositoryBuilder Unlisted { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync(postgres);
        Listed = new RepositoryBuilder(Server.Clock);
        Unlisted = new RepositoryBuilder(Server.Clock, "registry.example.com/team/other");
        await Listed.AskForKeysAsync(Server.Client);
        Listed.SnapshotKeys.Add(KeyObject(Standby));
        Listed.TimestampKeys.Add(KeyObject(Standby));
        await Listed.PublishAsync(Server.Client, ("root", Listed.RootFile()), ("targets", Listed.TargetsFile(1, "1.0"))).VersionsAsync();
        await Unlisted.InitAsync(Server.Client, "1.0");
    }

    public async Task DisposeAsync()
    {
        Listed.Dispose();
        Unlisted.Dispose();
        await Server.DisposeAsync();
        Standby.Dispose();
        Directory.Dispose();
    }

    [Fact]
    public async Task Case57_StandbyKeyActivated_SignsAtOnceOnEveryServerAndNoRootIsTouched()
    {
        await using var neighbour = await Server.StartNeighbourAsync();
        // Both have the stolen key open in memory.
        Assert.Equal(2, (await Listed.PublishAsync(neighbour.Client, ("targets", Listed.TargetsFile(2, "1.0"))).VersionsAsync())["timestamp"]);
        var before = await Server.Client.GetByteArrayAsync($"{Unlisted.MetadataPath}/timestamp.json");

        Assert.Equal(1, await ActivateAsync());

        // What is kept of current files is kept for a moment only.
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([KeyId(KeyObject(Standby))], await SignersAsync("timestamp.json"));
        Assert.Equal([KeyId(KeyObject(Standby))], await SignersAsync("3.snapshot.json"));
        await Server.Client.UnmovedAsync(Unlisted.MetadataPath, before);
        var versions = await Listed.PublishAsync(Server.Client, ("targets", Listed.TargetsFile(3, "1.0"))).VersionsAsync();
        Assert.Equal((1, 4), (versions["root"], versions["timestamp"]));
        versions = await Listed.PublishAsync(neighbour.Client, ("targets", Listed.TargetsFile(4, "1.0"))).VersionsAsync();
        Assert.Equal(5, versions["timestamp"]);
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([KeyId(KeyObject(Standby))], await SignersAsync("timestamp.json"));
    }

    [Fact]
    public async Task StandbyKeyActivated_IsInTheChangeFeedAndAgainChangesNothing()
    {
        await ActivateAsync();
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        var feed = await Server.Client.GetStringAsync($"/api/v1/changes?repository={Listed.Name}");

        Assert.Equal(1, await ActivateAsync());

        Assert.Equal(feed, await Server.Client.GetStringAsync($"/api/v1/changes?repository={Listed.Name}"));
        var change = JsonNode.Parse(feed)!["changes"]!.AsArray()[^1]!;
        Assert.Equal("operator", (string?)change["actor"]);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Standby.Material.Span)), (string?)change["changed"]!["onlineKeys"]!["activated"]);
        Assert.Equal(2, (int?)change["changed"]!["timestamp"]!["version"]);
    }

    [Fact]
    public async Task StandbyKeyActivated_RetiredKeyIsNotTakenBackByARootThatListsIt()
    {
        await ActivateAsync();

        await Listed.PublishAsync(Server.Client, ("root", Listed.RootFile(2))).VersionsAsync();

        Assert.Equal([KeyId(KeyObject(Standby))], await SignersAsync("timestamp.json"));
        var stolen = Listed.Root(3);
        SetRole(stolen, "timestamp", 1, Listed.TimestampKeys[0]);
        await Listed.PublishAsync(Server.Client, ("root", Sign(stolen, Listed.RootKey))).RefusedAsync(TrustError.IncompleteRoot);
        await Listed.AskForKeysAsync(Server.Client);
        Assert.Equal(3, (await Listed.PublishAsync(Server.Client, ("root", Listed.RootFile(3))).VersionsAsync())["root"]);
    }

    [Fact]
    public async Task KeysList_TellsStatesAndWhereTheServerIsStopped()
    {
        await Server.StopAsync();

        Assert.Equal(1, await ActivateAsync());

        using var output = new StringWriter();
        var command = TrustService.Server.Hosting.OperatorCommandLine.TryParse(["keys", "list", .. Server.Where])!;
        await using var app = TrustServerApp.Create(command.Settings);
        Assert.Equal(Outcome.Verified, await new TrustService.Server.Hosting.OperatorCommands(app.Services, command, output).RunAsync(CancellationToken.None));
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        Assert.Equal(
            [("snapshot", "active"), ("snapshot", "retired"), ("timestamp", "active"), ("timestamp", "retired")],
            lines.Where(line => line[0] == Listed.Name.Value).Select(line => (line[1], line[3])).Order());
        Assert.Equal(2, lines.Count(line => line[0] == Unlisted.Name.Value && line[3] == "active"));
    }

    private Task<int> ActivateAsync()
    {
        var file = Directory.Write("standby.key", System.Text.Encoding.UTF8.GetString(PrivateKeyFile.Write(Standby, "safe"u8)));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return TrustServerApp.RunAsync(["keys", "activate-standby", "--key", file, "--passphrase-file", Directory.Write("passphrase", "safe\n"), .. Server.Where]);
    }

    private async Task<IEnumerable<string?>> SignersAsync(string file) =>
        JsonNode.Parse(await Server.Client.GetStringAsync($"{Listed.MetadataPath}/{file}"))!["signatures"]!.AsArray().Select(signature => (string?)signature!["keyid"]);
}
