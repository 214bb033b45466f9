using Microsoft.AspNetCore.Http;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

/// <summary>A server that goes on serving what another one had at some time.</summary>
internal sealed class StaticNotaryServer : IAsyncDisposable
{
    private readonly HostileServer server;

    private StaticNotaryServer(HostileServer server) => this.server = server;

    public string Url => server.Address.ToString().TrimEnd('/');

    public static async Task<StaticNotaryServer> CopyAsync(string url, string repository, params string[] delegated)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var http = new HttpClient();
        foreach (var name in new[] { "1.root", "2.root", "root", "timestamp", "snapshot", "targets" }.Concat(delegated))
        {
            using var answer = await http.GetAsync(new Uri($"{url}/v2/{repository}/_trust/tuf/{name}.json"));
            if (!answer.IsSuccessStatusCode)
                continue;
            var file = await answer.Content.ReadAsByteArrayAsync();
            files[$"{name}.json"] = file;
            files[$"{name}.{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file))}.json"] = file;
        }
        var prefix = $"/v2/{repository}/_trust/tuf/";
        return new StaticNotaryServer(await HostileServer.StartAsync(async context =>
        {
            if (context.Request.Path.Value is { } path && path.StartsWith(prefix, StringComparison.Ordinal) && files.TryGetValue(path[prefix.Length..], out var file))
                await context.Response.Body.WriteAsync(file);
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
        }));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
