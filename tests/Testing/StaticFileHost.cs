using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TrustService.Testing;

/// <summary>A web server that knows nothing but the files of a directory: GET of a path that is one, and 404.</summary>
public sealed class StaticFileHost : IAsyncDisposable
{
    private readonly HostileServer _server;

    private StaticFileHost(HostileServer server, ConcurrentQueue<string> requests) => (_server, Requests) = (server, requests);

    /// <summary>Address of the directory, with a final slash.</summary>
    public string Url => _server.Address.ToString();

    /// <summary>What was asked for, as it was sent.</summary>
    public ConcurrentQueue<string> Requests { get; }

    /// <summary>Starts serving a directory.</summary>
    public static async Task<StaticFileHost> StartAsync(string directory)
    {
        var requests = new ConcurrentQueue<string>();
        return new StaticFileHost(
            await HostileServer.StartAsync(async context =>
            {
                requests.Enqueue(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
                var file = Path.GetFullPath(Path.Combine(directory, context.Request.Path.Value!.TrimStart('/')));
                if (context.Request.Method == "GET" && file.StartsWith(directory, StringComparison.Ordinal) && File.Exists(file))
                    await context.Response.SendFileAsync(file);
                else
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
            }),
            requests);
    }

    /// <summary>Stops serving.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
