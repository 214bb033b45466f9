using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>A program of another project as one client of a repository: its pinned root and its trusted metadata stay from run to run.</summary>
internal sealed class PeerClient : IAsyncDisposable
{
    private readonly TestDirectory state = new();
    private readonly Dictionary<string, byte[]> contents = new(StringComparer.Ordinal);
    private readonly PeerProgram program;
    private readonly ServerProcess server;
    private readonly string repository;
    private HostileServer? targets;

    private PeerClient(PeerProgram program, ServerProcess server, string repository) => (this.program, this.server, this.repository) = (program, server, repository);

    /// <summary>Makes a client with a pinned root, and a small server for the targets themselves.</summary>
    public static async Task<PeerClient> CreateAsync(PeerProgram program, ServerProcess server, string repository, string rootFile)
    {
        var client = new PeerClient(program, server, repository);
        Directory.CreateDirectory(client.state["metadata"]);
        File.Copy(rootFile, Path.Combine(client.state["metadata"], "root.json"));
        client.targets = await HostileServer.StartAsync(client.ServeTargetAsync);
        return client;
    }

    /// <summary>Makes a manifest available for download, under the name that consistent snapshots give it: its hash, a dot, the target path.</summary>
    public void Offer(string targetPath, byte[] manifest) => contents[$"/{Digest.OfSha256(manifest).Hex}.{targetPath}"] = manifest;

    /// <summary>Refreshes, looks targets up and downloads them.</summary>
    /// <returns>What the client printed.</returns>
    public async Task<JsonElement> UpdateAsync(params string[] targetPaths)
    {
        using var document = JsonDocument.Parse((await RunAsync(targetPaths)).Succeeds().Output);
        return document.RootElement.Clone();
    }

    /// <summary>Refreshes against something that must be refused, and insists on a text in the refusal.</summary>
    public async Task RefuseAsync(string text) => (await RunAsync([])).Fails(text);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (targets is not null)
            await targets.DisposeAsync();
        state.Dispose();
    }

    private Task<ProgramRun> RunAsync(string[] targetPaths) => ProgramRun.OfAsync(
        program.Interpreter,
        [
            Checkout.File("tests", "EndToEnd.Tests", "peers", program.Script), state.FullPath,
            $"{server.Url}/tuf/{repository}/metadata", targets!.Address.ToString().TrimEnd('/'), .. targetPaths,
        ],
        new Dictionary<string, string?> { [program.CaVariable] = server.CaFile },
        state.FullPath);

    private async Task ServeTargetAsync(HttpContext context)
    {
        if (contents.TryGetValue(context.Request.Path.Value!, out var manifest))
            await context.Response.Body.WriteAsync(manifest);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
