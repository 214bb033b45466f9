using System.Text.Json;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Oci;

namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>A TUF client of another project verifies what this server serves, and finds the digests that signer signed.</summary>
public sealed class TufJsTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    [Fact]
    public async Task TufJs_SignedImages_FindsTheSameDigests()
    {
        var repository = await world.NewRepositoryAsync();
        await using var client = await PeerClient.CreateAsync(PeerProgram.TufJs, world.Server, repository, await world.Owner.ExportRootAsync(repository));
        var single = await SignAndOfferAsync(client, repository, "1.0");
        var index = world.PushIndex(repository, "2.0");
        await world.Owner.DoAsync("sign", "-y", $"{repository}:2.0");
        await OfferAsync(client, repository, "2.0", index);
        await world.Owner.DoAsync("sign", "-y", $"{repository}@{single.Digest}");
        var byDigest = TargetNames.ForDigest(single.Digest);
        await OfferAsync(client, repository, byDigest, single);

        var found = await client.UpdateAsync("1.0", "2.0", byDigest, "3.0");

        RequireFound(found, "1.0", single);
        RequireFound(found, "2.0", index);
        RequireFound(found, byDigest, single);
        Assert.Equal(JsonValueKind.Null, found.GetProperty("targets").GetProperty("3.0").ValueKind);
    }

    [Fact]
    public async Task TufJs_AfterMorePublishesAndARenewal_FollowsFromItsOwnState()
    {
        using var server = await ServerProcess.StartAsync();
        using var owner = new SignerTool(server);
        var repository = world.NewName();
        await owner.DoAsync("init", repository, "-y");
        await using var client = await PeerClient.CreateAsync(PeerProgram.TufJs, server, repository, await owner.ExportRootAsync(repository));
        var images = new Dictionary<string, Descriptor>();
        async Task SignAsync(string tag)
        {
            images[tag] = world.Push(repository, tag);
            await owner.DoAsync("sign", "-y", $"{repository}:{tag}@{images[tag].Digest}");
            await OfferAsync(client, repository, tag, images[tag]);
        }

        await SignAsync("1.0");
        var first = await client.UpdateAsync("1.0");
        await SignAsync("1.1");
        await SignAsync("1.2");
        // The tag moves to a newer image, on purpose.
        await SignAsync("1.0");
        var second = await client.UpdateAsync("1.0", "1.1", "1.2");
        server.Stop();
        server.Set("TRUST_Signing__TimestampLifetimeDays", "60");
        await server.StartAgainAsync();
        var third = await client.UpdateAsync("1.0", "1.1", "1.2");

        foreach (var (tag, image) in images)
        {
            RequireFound(second, tag, image);
            RequireFound(third, tag, image);
        }
        Assert.Equal(Version(first, "targets") + 3, Version(second, "targets"));
        Assert.Equal(Version(second, "targets"), Version(third, "targets"));
        Assert.Equal(Version(second, "timestamp") + 1, Version(third, "timestamp"));
    }

    [Fact]
    public async Task TufJs_HashBins_FindsTheSameDigestsAfterAReshape()
    {
        var repository = world.NewName();
        await world.Owner.DoAsync("init", repository, "--bins", "16", "-y");
        await using var client = await PeerClient.CreateAsync(PeerProgram.TufJs, world.Server, repository, await world.Owner.ExportRootAsync(repository));
        var images = new Dictionary<string, Descriptor>();
        foreach (var (tag, shape) in ((string, string[])[])[("1.0", []), ("2.0", ["--bins", "4"])])
        {
            if (shape.Length > 0)
                await world.Owner.DoAsync(["reshape", repository, .. shape, "-y"]);
            images[tag] = await SignAndOfferAsync(client, repository, tag);

            var found = await client.UpdateAsync([.. images.Keys, "9.0"]);

            foreach (var (signed, image) in images)
                RequireFound(found, signed, image);
            Assert.Equal(JsonValueKind.Null, found.GetProperty("targets").GetProperty("9.0").ValueKind);
        }
        // One of many, and not signed any more.
        await world.Owner.DoAsync("revoke", "-y", $"{repository}:1.0");
        Assert.Equal(JsonValueKind.Null, (await client.UpdateAsync("1.0")).GetProperty("targets").GetProperty("1.0").ValueKind);
    }

    // A client that looks into a role of which there is no file refuses everything behind it: nobody may be hidden by a signer who never signed.
    [Fact]
    public async Task TufJs_SeveralSigners_FindsWhatEachSignsAtEveryStep()
    {
        using var idle = new SigningCertificate("idle");
        using var one = new SigningCertificate("one");
        using var two = new SigningCertificate("two");
        var repository = await world.NewRepositoryAsync();
        var root = await world.Owner.ExportRootAsync(repository);
        await using var client = await PeerClient.CreateAsync(PeerProgram.TufJs, world.Server, repository, root);
        using var ci = new SignerTool(world.Server);
        await world.Owner.DoAsync("signer", "add", "idle", "--key", idle.PublicKeyFile, "-y", repository);
        await world.Owner.DoAsync("signer", "add", "release", "--key", one.PublicKeyFile, "--key", two.CertificateFile, "--threshold", "2", "-y", repository);

        var image = world.Push(repository, "1.0");
        await OfferAsync(client, repository, "1.0", image);
        await ci.DoAsync("sign", "-y", "--root", root, "--partial", "--key", one.KeyFile, $"{repository}:1.0@{image.Digest}");
        var before = await client.UpdateAsync("1.0");
        await ci.DoAsync("cosign", "-y", "--root", root, "--key", two.KeyFile, repository);
        var after = await client.UpdateAsync("1.0");
        await world.Owner.DoAsync("signer", "remove", "release", "-y", repository);
        var removed = await client.UpdateAsync("1.0");

        Assert.Equal(JsonValueKind.Null, before.GetProperty("targets").GetProperty("1.0").ValueKind);
        RequireFound(after, "1.0", image);
        Assert.Equal(JsonValueKind.Null, removed.GetProperty("targets").GetProperty("1.0").ValueKind);
    }

    private static long Version(JsonElement found, string role) => found.GetProperty("versions").GetProperty(role).GetInt64();

    private static void RequireFound(JsonElement found, string targetPath, Descriptor image)
    {
        var target = found.GetProperty("targets").GetProperty(targetPath);
        Assert.Equal(image.Digest.ToString(), target.GetProperty("digest").GetString());
        Assert.Equal(image.Size, target.GetProperty("length").GetInt64());
    }

    private async Task<Descriptor> SignAndOfferAsync(PeerClient client, string repository, string tag)
    {
        var image = await world.PushAndSignAsync(repository, tag);
        await OfferAsync(client, repository, tag, image);
        return image;
    }

    // The manifest as the registry serves it: its bytes are what was signed.
    private static async Task OfferAsync(PeerClient client, string repository, string targetPath, Descriptor image)
    {
        var name = RepositoryName.Parse(repository);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{name.Host}/v2/{name.Path}/manifests/{image.Digest}"));
        request.Headers.Accept.ParseAdd(image.MediaType);
        using var answer = await http.SendAsync(request);
        client.Offer(targetPath, await answer.Content.ReadAsByteArrayAsync());
    }
}
