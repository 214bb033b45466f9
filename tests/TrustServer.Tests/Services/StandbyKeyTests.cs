using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Testing;
using static TrustService.Testing.RepositoryBuilder;

namespace TrustService.Server.Tests.Services;

/// <summary>The operator's standby key, whose private half lies in a safe.</summary>
public sealed class StandbyKeyTests : IDisposable
{
    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Root_WithoutTheStandbyKey_IsRefused()
    {
        using var standby = SigningKeys.Generate(SigningKeys.DefaultScheme);
        var pem = directory.Write("standby.pem", KeyMaterial.ToPem(standby.Scheme, standby.Material.Span));
        var config = directory.Write("config.json", new JsonObject { ["Signing"] = new JsonObject { ["StandbyPublicKeyFiles"] = new JsonArray(pem) } }.ToJsonString());
        await using var server = await TestServer.StartAsync(null, "--config", config);
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.AskForKeysAsync(server.Client);
        Assert.Equal(2, owner.SnapshotKeys.Count);
        Assert.Equal(KeyId(KeyObject(standby)), KeyId(owner.SnapshotKeys[1]));

        var without = owner.Root();
        SetRole(without, "timestamp", 1, owner.TimestampKeys[0]);
        await owner.PublishAsync(server.Client, ("root", Sign(without, owner.RootKey)), ("targets", owner.TargetsFile())).RefusedAsync(TrustError.IncompleteRoot);

        Assert.Equal(1, (await owner.PublishAsync(server.Client, ("root", owner.RootFile()), ("targets", owner.TargetsFile())).VersionsAsync())["root"]);
    }

    [Fact]
    public async Task StandbyFile_WithAPrivateKey_EndsTheStart()
    {
        var pem = directory.Write("standby.pem", "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n");
        var config = directory.Write("config.json", new JsonObject { ["Signing"] = new JsonObject { ["StandbyPublicKeyFiles"] = new JsonArray(pem) } }.ToJsonString());

        Assert.Equal(1, await TrustServerApp.RunAsync(["--urls", "http://127.0.0.1:0", "--data", directory["data"], "--config", config]));
    }
}
