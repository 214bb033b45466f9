using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>Damaged caches, forged and repeated uploads, and a server that is not there.</summary>
public sealed class DamageTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    // Nothing listens on port 1.
    private const string Nowhere = "http://127.0.0.1:1";

    [Fact]
    public async Task Cache_WithoutTheServer_IsReadWhileItIsSound()
    {
        var (client, repository) = await NewRepositoryWithTargetAsync();

        (await client.RunAtAsync(Nowhere, "list", repository)).Succeeds().Says("v1");
        await EditAsync(client.CachePath(repository, "targets"), "\"length\":10", "\"length\":11");

        Assert.NotEqual(0, (await client.RunAtAsync(Nowhere, "list", repository)).ExitCode);
        Assert.Equal(10, (await client.ListAsync(repository))["v1"].Length);
        Assert.Equal(await world.FileAsync(repository, "targets.json"), client.Cached(repository, "targets"));
    }

    [Fact]
    public async Task Cache_WithADamagedTimestamp_IsReplacedFromTheServer()
    {
        var (client, repository) = await NewRepositoryWithTargetAsync();
        await EditAsync(client.CachePath(repository, "timestamp"), "\"_type\":\"Timestamp\"", "\"_type\":\"Timestamp\",\"a\":1");

        Assert.Equal(["v1"], (await client.ListAsync(repository)).Keys);

        Assert.Equal(await world.FileAsync(repository, "timestamp.json"), client.Cached(repository, "timestamp"));
    }

    [Fact]
    public async Task Cache_WithADamagedRoot_IsTheEndOfTrust()
    {
        var (client, repository) = await NewRepositoryWithTargetAsync();
        await EditAsync(client.CachePath(repository, "root"), "\"consistent_snapshot\":false", "\"consistent_snapshot\":true");

        (await client.RunAsync("list", repository)).Fails("root");
    }

    [Fact]
    public async Task Upload_OfForgedTargets_IsRefusedWithTheReasonTheClientsRebuild()
    {
        var (client, repository) = await NewRepositoryWithTargetAsync();
        var forged = Encoding.UTF8.GetString(client.Cached(repository, "targets"))
            .Replace("\"length\":10", "\"length\":1", StringComparison.Ordinal).Replace("\"version\":3", "\"version\":4", StringComparison.Ordinal);

        var error = await RefusedUploadAsync(repository, Encoding.UTF8.GetBytes(forged));

        Assert.Equal("INVALID_UPDATE", error.GetProperty("code").GetString());
        Assert.Equal("ErrBadTargets", error.GetProperty("detail").GetProperty("Name").GetString());
        Assert.Equal(10, (await world.NewClient().ListAsync(repository))["v1"].Length);
    }

    [Fact]
    public async Task Upload_OfTheCurrentTargets_IsRefusedAsAConflict()
    {
        var (client, repository) = await NewRepositoryWithTargetAsync();
        var timestamp = await world.FileAsync(repository, "timestamp.json");

        var error = await RefusedUploadAsync(repository, client.Cached(repository, "targets"));

        Assert.Equal("VERSION", error.GetProperty("code").GetString());
        Assert.Equal(timestamp, await world.FileAsync(repository, "timestamp.json"));
    }

    [Fact]
    public async Task Client_WithAWrongAuthority_GetsNothing()
    {
        var (_, repository) = await NewRepositoryWithTargetAsync();
        using var other = await ServerProcess.StartAsync();
        using var client = new NotaryTool(world.Server.Url, other.CaFile);

        (await client.RunAsync("list", repository)).Fails("certificate signed by unknown authority");

        Assert.False(File.Exists(client.CachePath(repository, "root")));
    }

    private async Task<(NotaryTool Client, string Repository)> NewRepositoryWithTargetAsync()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        await owner.DoAsync("key", "rotate", repository, "snapshot", "-r");
        await owner.DoAsync("delete", repository);
        var reader = world.NewClient();
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));
        await reader.ListAsync(repository);
        return (reader, repository);
    }

    private async Task<JsonElement> RefusedUploadAsync(string repository, byte[] targets)
    {
        using var part = new ByteArrayContent(targets);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var content = new MultipartFormDataContent { { part, "files", "targets" } };
        using var answer = await world.Server.Http.PostAsync(NotaryWorld.Address(world.Server, repository, ""), content);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{answer.StatusCode} {body}");
        using var document = JsonDocument.Parse(body);
        return Assert.Single(document.RootElement.GetProperty("errors").EnumerateArray()).Clone();
    }

    private static async Task EditAsync(string path, string old, string replacement)
    {
        var text = await File.ReadAllTextAsync(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(old, replacement, StringComparison.Ordinal));
    }
}
