using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>Metadata of a trust server, copied to a server of plain files: what <c>signer verify --metadata-url</c> reads.</summary>
public sealed class MirroredRepositoryTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    [Fact]
    public async Task Verify_MirrorOfATrustServer_FindsTheSameDigest()
    {
        var repository = await world.NewRepositoryAsync();
        var image = await world.PushAndSignAsync(repository, "1.0");
        var root = await world.Owner.ExportRootAsync(repository);
        using var site = new TestDirectory();
        foreach (var name in (string[])["1.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"])
            await File.WriteAllBytesAsync(site[name], await world.Server.Http.GetByteArrayAsync(new Uri($"{world.Server.Url}/tuf/{repository}/metadata/{name}")));
        await using var host = await StaticFileHost.StartAsync(site.FullPath);
        using var verifier = world.NewVerifier("https://127.0.0.1:1");

        var verified = await verifier.RunAsync("verify", "-q", $"{repository}:1.0", "--metadata-url", host.Url, "--root", root);
        var offline = await verifier.RunAsync("verify", "-q", $"{repository}:1.0", "--offline", "--root", root);

        Assert.Equal($"{repository}@{image.Digest}", verified.Exits(0).Line);
        Assert.Equal($"{repository}@{image.Digest}", offline.Exits(0).Line);
        Assert.Contains("/timestamp.json", host.Requests);
    }
}
