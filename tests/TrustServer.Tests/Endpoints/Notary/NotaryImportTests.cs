using System.Net.Http.Headers;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints.Notary;

/// <summary>What the operator says of the routes of Notary holds for what is taken over from other servers too.</summary>
public sealed class NotaryImportTests : IDisposable
{
    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("""{"Notary": {"GunPrefixes": ["other.example.com/"]}}""", true)]
    [InlineData("""{"Notary": {"Enabled": false}}""", true)]
    [InlineData("""{"Notary": {"GunPrefixes": ["registry.example.com/"]}}""", false)]
    public async Task Import_NotaryRepository_ObeysTheSettingsOfNotary(string settings, bool isRefused)
    {
        await File.WriteAllTextAsync(directory["config.json"], settings);
        await using var server = await TestServer.StartAsync(null, "--config", directory["config.json"]);
        var origin = new NotaryRepository(server.Clock.GetUtcNow());
        origin.Init();
        var set = origin.Published!;
        var path = $"/api/v1/repositories/{origin.Name}";
        using var content = new MultipartFormDataContent();
        foreach (var (name, data) in (IEnumerable<(string, ReadOnlyMemory<byte>)>)[("1.root", origin.Roots[0]), ("timestamp", set.Timestamp.Metadata.File), ("snapshot", set.Snapshot.Metadata.File), ("targets", set.Targets[RoleName.Targets].File)])
        {
            var part = new ReadOnlyMemoryContent(data);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            content.Add(part, "files", name);
        }

        var sent = server.Client.PostAsync($"{path}/import", content);

        if (isRefused)
        {
            await sent.RefusedAsync(TrustError.UpdateRefused);
            await server.Client.GetAsync(path).RefusedAsync(TrustError.RepositoryUnknown);
        }
        else
        {
            Assert.Equal("notary", (string?)(await (await sent).JsonAsync())["format"]);
        }
    }
}
