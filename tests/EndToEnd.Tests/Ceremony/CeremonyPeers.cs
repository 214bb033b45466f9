using System.Text.Json;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.EndToEnd.Tests.Peers;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Ceremony;

/// <summary>Clients that know root 1 and nothing else: tuf-js, and the product's own client as the TUF conformance suite drives it.</summary>
internal sealed class CeremonyPeers(ServerProcess server, string repository, string firstRoot) : IDisposable
{
    private readonly TestDirectory directory = new();
    private readonly Dictionary<string, byte[]> manifests = new(StringComparer.Ordinal);
    private int runs;

    /// <summary>Has the clients look for an image from now on.</summary>
    public void Expect(string tag, byte[] manifest) => manifests[tag] = manifest;

    /// <summary>Insists that both come from root 1 to the current one and find every image.</summary>
    public async Task AcceptAsync(long root)
    {
        var conformance = ConformanceAsync();
        await using var client = await PeerClient.CreateAsync(PeerProgram.TufJs, server, repository, firstRoot);
        foreach (var (tag, manifest) in manifests)
            client.Offer(tag, manifest);
        var found = await client.UpdateAsync([.. manifests.Keys]);
        (await conformance).Succeeds();

        Assert.Equal(root, found.GetProperty("versions").GetProperty("root").GetInt64());
        foreach (var (tag, manifest) in manifests)
            Assert.Equal(Digest.OfSha256(manifest).ToString(), found.GetProperty("targets").GetProperty(tag).GetProperty("digest").GetString());
        using var trusted = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(directory[$"client-{runs}"], "root.json")));
        Assert.Equal(root, trusted.RootElement.GetProperty("signed").GetProperty("version").GetInt64());
    }

    public void Dispose() => directory.Dispose();

    private async Task<ProgramRun> ConformanceAsync()
    {
        var state = directory[$"client-{++runs}"];
        (await RunAsync(state, "init", firstRoot)).Succeeds();
        return await RunAsync(state, "refresh");
    }

    private Task<ProgramRun> RunAsync(string state, params string[] command) => ProgramRun.OfAsync(
        "dotnet", [Checkout.ConformanceClient, "--metadata-dir", state, "--metadata-url", $"{server.Url}/tuf/{repository}/metadata/", .. command], new Dictionary<string, string?>(), directory.FullPath);
}
