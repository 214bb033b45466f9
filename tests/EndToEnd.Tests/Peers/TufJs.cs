using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>tuf-js as one client of a repository: its pinned root and its trusted metadata stay from run to run.</summary>
internal sealed class TufJs : IAsyncDisposable
{
    private readonly TestDirectory state = new();
    private readonly Dictionary<string, byte[]> contents = new(StringComparer.Ordinal);
    private readonly ServerProcess server;
    private readonly string repository;
    private HostileServer? targets;

    private TufJs(ServerProcess server, string repository) => (this.server, this.repository) = (server, repository);

    /// <summary>Makes a client with a pinned root, and a small server for the targets themselves.</summary>
    public static async Task<TufJs> CreateAsync(ServerProcess server, string repository, string rootFile)
    {
        var client = new TufJs(server, repository);
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
        var (exitCode, output, messages) = await RunAsync(targetPaths);
        Assert.True(exitCode == 0, $"tuf-js refused: {messages}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    /// <summary>Refreshes against something that must be refused, and returns the refusal.</summary>
    public async Task<string> RefuseAsync(params string[] targetPaths)
    {
        var (exitCode, output, messages) = await RunAsync(targetPaths);
        Assert.True(exitCode == 1, $"tuf-js accepted: {output}");
        return messages;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (targets is not null)
            await targets.DisposeAsync();
        state.Dispose();
    }

    private async Task<(int ExitCode, string Output, string Messages)> RunAsync(string[] targetPaths)
    {
        var script = Checkout.File("tests", "EndToEnd.Tests", "peers", "tuf-js-client.mjs");
        var start = new ProcessStartInfo("node", [script, state.FullPath, $"{server.Url}/tuf/{repository}/metadata", targets!.Address.ToString().TrimEnd('/'), .. targetPaths])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_EXTRA_CA_CERTS"] = server.CaFile;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, await messages);
    }

    private async Task ServeTargetAsync(HttpContext context)
    {
        if (contents.TryGetValue(context.Request.Path.Value!, out var manifest))
            await context.Response.Body.WriteAsync(manifest);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
