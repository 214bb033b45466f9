using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TrustService.Testing;

/// <summary>Serves a <see cref="RepositorySimulator"/> over HTTP on a free port of this machine.</summary>
public sealed class RepositorySimulatorHost : IAsyncDisposable
{
    private const string MetadataPath = "/metadata/";
    private const string TargetsPath = "/targets/";

    private readonly RepositorySimulator _repository;
    private HostileServer? _server;

    private RepositorySimulatorHost(RepositorySimulator repository) => _repository = repository;

    /// <summary>Base URL of the metadata.</summary>
    public string MetadataUrl => _server!.Address.GetLeftPart(UriPartial.Authority) + MetadataPath;

    /// <summary>Base URL of the target files.</summary>
    public string TargetUrl => _server!.Address.GetLeftPart(UriPartial.Authority) + TargetsPath;

    /// <summary>Answers a request before the simulator does, if it returns true.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>Finds a file under another address than the one that was asked for.</summary>
    public Func<string, string> Rewrite { get; set; } = raw => raw;

    /// <summary>False to keep target files under their plain names; true for names with a hash, <c>dir/HASH.name</c>.</summary>
    public bool HasHashPrefixes { get; set; } = true;

    /// <summary>The paths that were asked for, as they were sent.</summary>
    public List<string> RawRequests { get; } = [];

    /// <summary>Starts serving.</summary>
    public static async Task<RepositorySimulatorHost> StartAsync(RepositorySimulator repository)
    {
        var host = new RepositorySimulatorHost(repository);
        host._server = await HostileServer.StartAsync(host.AnswerAsync);
        return host;
    }

    /// <summary>Stops serving.</summary>
    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        RawRequests.Add(raw);
        if (Intercept is not null && await Intercept(context))
            return;
        raw = Rewrite(raw);
        var found = raw.StartsWith(MetadataPath, StringComparison.Ordinal)
            ? _repository.Files.GetValueOrDefault(raw[MetadataPath.Length..])
            : TargetFile(Uri.UnescapeDataString(raw[TargetsPath.Length..]));
        if (found is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        await context.Response.Body.WriteAsync(found);
    }

    private byte[]? TargetFile(string path)
    {
        var name = path.LastIndexOf('/') + 1;
        return _repository.TargetFiles.GetValueOrDefault(HasHashPrefixes ? path[..name] + path[(path.IndexOf('.', name) + 1)..] : path);
    }
}
