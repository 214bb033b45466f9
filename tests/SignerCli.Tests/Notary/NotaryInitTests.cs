using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Notary;

public sealed class NotaryInitTests : IAsyncLifetime
{
    private const string Repository = NotaryWorld.Repository;
    private NotaryWorld world = null!;

    public async Task InitializeAsync() => world = await NotaryWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Init_FormatNotary_IsFoundByTheFingerprintAlone()
    {
        var init = await world.Owner.RunAsync("init", Repository, "--format", "notary");
        var elsewhere = world.NewMachine();

        var export = await elsewhere.RunAsync("root", "export", Repository, "--root", init.Results.Trim(), "-o", "json");

        Assert.Equal(0, init.ExitCode);
        Assert.Equal(init.Results.Trim(), export.Json.GetProperty("fingerprint").GetString());
        var root = export.Json.GetProperty("root").GetProperty("signed");
        Assert.Equal("Root", root.GetProperty("_type").GetString());
        Assert.False(root.GetProperty("consistent_snapshot").GetBoolean());
    }

    [Fact]
    public async Task Init_NameTakenInTheOtherFormat_IsRefused()
    {
        await using var own = await SigningWorld.WithRepositoryAsync();

        var other = await own.Owner.RunAsync("init", Repository, "--format", "notary", "-o", "json");

        Assert.Equal("repository-exists", other.ErrorCode);
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("p384")]
    public async Task Init_KindOfKeyThatNotaryClientsCannotRead_IsRefusedBeforeAKeyIsMade(string type)
    {
        var run = await world.Owner.RunAsync("init", Repository, "--format", "notary", "--type", type, "-o", "json");

        Assert.Equal("usage", run.ErrorCode);
        Assert.False(Directory.Exists(world.Owner.Keys));
    }

    [Fact]
    public async Task Open_FormatThatTheRootDoesNotHave_IsRefused()
    {
        await world.Owner.RunAsync("init", Repository, "--format", "notary");

        var run = await world.Owner.RunAsync("root", "export", Repository, "--format", "tuf", "-o", "json");

        Assert.Equal("wrong-format", run.ErrorCode);
    }

    [Theory]
    [InlineData("{\"certs\":{\"REPO\":[\"ID\"]}}", null)]
    [InlineData("{\"certs\":{\"registry.example.com/*\":[\"ID\"]}}", null)]
    [InlineData("{\"certs\":{\"REPO\":[\"NONE\"],\"registry.example.com/*\":[\"ID\"]}}", "root-mismatch")]
    [InlineData("{\"certs\":{\"registry.example.com/*\":[\"ID\"],\"registry.example.com/team/*\":[\"NONE\"]}}", "root-mismatch")]
    [InlineData("{\"certs\":{\"registry.example.com/other\":[\"ID\"]}}", "root-not-pinned")]
    [InlineData("{\"disable_tofu\":true}", "root-not-pinned")]
    public async Task TrustPinning_OfTheNotaryClient_DecidesAsItDoes(string pinning, string? error)
    {
        await world.Owner.RunAsync("init", Repository, "--format", "notary");
        var root = (await world.Owner.RunAsync("root", "export", Repository, "-o", "json")).Json.GetProperty("root").GetProperty("signed");
        var id = root.GetProperty("roles").GetProperty("root").GetProperty("keyids")[0].GetString()!;
        var elsewhere = world.NewMachine();
        var text = pinning.Replace("REPO", Repository, StringComparison.Ordinal).Replace("NONE", new string('0', 64), StringComparison.Ordinal).Replace("ID", id, StringComparison.Ordinal);
        var file = elsewhere.WriteFile("config.json", $"{{\"trust_dir\":\"~/.notary\",\"trust_pinning\":{text}}}");
        string[] tofu = pinning.Contains("tofu", StringComparison.Ordinal) ? ["--tofu"] : [];

        var run = await elsewhere.RunAsync(["inspect", Repository, "--trust-pinning", file, "-o", "json", .. tofu]);

        Assert.Equal(error, run.ErrorCode);
        Assert.Equal(error is null ? 0 : error == "root-mismatch" ? 11 : 2, run.ExitCode);
    }

    [Fact]
    public async Task Root_PinnedByItsCertificateInTheSettings_IsAccepted()
    {
        await world.Owner.RunAsync("init", Repository, "--format", "notary");
        var root = (await world.Owner.RunAsync("root", "export", Repository, "-o", "json")).Json.GetProperty("root").GetProperty("signed");
        var elsewhere = world.NewMachine();
        elsewhere.WriteFile("home/config.json", $"{{\"roots\":{{\"{Repository}\":\"cert:{root.GetProperty("roles").GetProperty("root").GetProperty("keyids")[0].GetString()}\"}}}}");

        Assert.Equal(0, (await elsewhere.RunAsync("inspect", Repository)).ExitCode);
    }

    [Theory]
    [InlineData("p256")]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    public async Task ExportedKeys_InTheNotaryClient_SignTheRepository(string type)
    {
        NotaryWorld.Succeeds(await world.Owner.RunAsync("key", "generate", "release", "--role", "targets", "--type", type));
        var init = NotaryWorld.Succeeds(await world.Owner.RunAsync("init", Repository, "--format", "notary", "--targets-key", "release"));
        var (file, client) = (Path.Combine(world.Owner.Root, "targets.key"), world.NewClient());
        var export = await world.Owner.RunAsync("key", "export", "release", "--private", "--for-notary", "--out", file);

        await client.RunAsync("key", "import", file);
        await client.RunAsync("add", "-p", Repository, "v1", client.Write("v1", "content"));

        Assert.Equal((0, 0), (init.ExitCode, export.ExitCode));
        Assert.Contains("v1", (await world.NewClient().RunAsync("list", Repository)), StringComparison.Ordinal);
        Assert.Contains($"gun: {Repository}\n", File.ReadAllText(file), StringComparison.Ordinal);
    }
}
