using System.Text.Json.Nodes;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Security;

/// <summary>Hostile cases D 39 to D 47: what an image's name, tag, digest and platforms may and may not stand for.</summary>
public sealed class ImageCaseTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    [Fact]
    public async Task D39_TagPointsToAnotherImage_NeverGivesTheOtherImage()
    {
        var repository = await world.NewRepositoryAsync();
        var signed = await world.PushAndSignAsync(repository, "1.4");
        var other = world.Push(repository, "1.4");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);

        (await verifier.RunAsync("verify", $"{repository}:1.4", "--root", root)).Refuses(13, signed.Digest.ToString());
        (await verifier.RunAsync("verify", $"{repository}:1.4@{other.Digest}", "--root", root)).Refuses(13, signed.Digest.ToString());
        var json = (await verifier.RunAsync("verify", "-o", "json", $"{repository}:1.4", "--root", root)).Exits(13).Json[0];
        Assert.False(json.TryGetProperty("pinned", out _));
        Assert.Equal(signed.Digest.ToString(), json.GetProperty("digest").GetString());
    }

    [Fact]
    public async Task D40_RegistryAnnouncesOneDigestAndServesAnother_IsRefused()
    {
        using var layout = new TestDirectory();
        var builder = new ImageLayoutBuilder(layout.FullPath);
        var signed = builder.AddImage("1.0", new Dictionary<string, string> { ["a"] = "signed" });
        var other = builder.AddImage("2.0", new Dictionary<string, string> { ["a"] = "other" });
        await using var registry = await HostileServer.StartAsync(Misbehaviour.Manifest(File.ReadAllBytes(builder.BlobPath(other.Digest)), other.MediaType, signed.Digest.ToString()));
        var repository = $"{registry.Authority}/team/app";
        await world.Owner.DoAsync("init", repository, "-y");
        await world.Owner.DoAsync("sign", "-y", $"oci:{layout.FullPath}:1.0", "--as", $"{repository}:1.0");
        using var verifier = world.NewVerifier();

        (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", await world.Owner.ExportRootAsync(repository))).Refuses(13, "registry");
        (await world.Owner.RunAsync("sign", "-y", $"{repository}:3.0")).Refuses(13, "registry");
    }

    [Fact]
    public async Task D41_SameDigestInAnotherRepository_IsNotSignedThere()
    {
        var (first, second, third) = (await world.NewRepositoryAsync(), await world.NewRepositoryAsync(), world.NewName());
        var image = await world.PushAndSignAsync(first, "1.0");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(first);

        (await verifier.RunAsync("verify", $"{second}@{image.Digest}", "--root", await world.Owner.ExportRootAsync(second))).Refuses(10, "not signed");
        (await verifier.RunAsync("verify", $"{second}:1.0@{image.Digest}", "--root", root)).Refuses(11, "root");
        (await verifier.RunAsync("verify", $"{third}:1.0@{image.Digest}", "--root", root)).Refuses(11, "belongs to");
    }

    [Fact]
    public async Task D42_ImageThatWasSignedOnce_IsRefusedWhenTheTagHasMovedOn()
    {
        var repository = await world.NewRepositoryAsync();
        using var layout = new TestDirectory();
        var builder = new ImageLayoutBuilder(layout.FullPath);
        var lastYear = builder.AddImage("old", new Dictionary<string, string> { ["a"] = "last year" });
        builder.AddImage("new", new Dictionary<string, string> { ["a"] = "today" });
        await world.Owner.DoAsync("sign", "-y", $"oci:{layout.FullPath}:old", "--as", $"{repository}:latest");
        await world.Owner.DoAsync("sign", "-y", $"oci:{layout.FullPath}:new", "--as", $"{repository}:latest");
        world.Registry.Push(layout.FullPath, "old", repository[(world.Registry.Host.Length + 1)..], "latest");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);

        (await verifier.RunAsync("verify", $"{repository}:latest", "--root", root)).Refuses(13, lastYear.Digest.ToString());
        (await verifier.RunAsync("verify", $"{repository}:latest@{lastYear.Digest}", "--root", root)).Refuses(13, lastYear.Digest.ToString());
        (await verifier.RunAsync("verify", $"{repository}@{lastYear.Digest}", "--root", root)).Refuses(10, "not signed");
    }

    [Fact]
    public async Task D43_IndexWithAnUnsignedPlatform_IsRefusedAndSoIsThePlatform()
    {
        var repository = await world.NewRepositoryAsync();
        var path = repository[(world.Registry.Host.Length + 1)..];
        using var layout = new TestDirectory();
        var builder = new ImageLayoutBuilder(layout.FullPath);
        var files = new Dictionary<string, string> { ["a"] = "signed" };
        builder.AddIndex("signed", files, "linux/amd64");
        var extended = builder.AddIndex("extended", files, "linux/amd64", "linux/arm64");
        var extra = ManifestReader.Read(File.ReadAllBytes(builder.BlobPath(extended.Digest)), MediaTypes.OciIndex, extended.Digest).Children[1].Descriptor;
        world.Registry.Push(layout.FullPath, "signed", path, "1.0");
        await world.Owner.DoAsync("sign", "-y", "--recursive", $"{repository}:1.0");
        world.Registry.Push(layout.FullPath, "extended", path, "1.0");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);

        (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", root)).Refuses(13, extended.Digest.ToString());
        (await verifier.RunAsync("verify", $"{repository}@{extra.Digest}", "--root", root)).Refuses(10, "not signed");
    }

    [Fact]
    public async Task D44_ManifestThatIsImageAndIndexAtOnce_IsNotSigned()
    {
        var repository = await world.NewRepositoryAsync();
        using var layout = new TestDirectory();
        var builder = new ImageLayoutBuilder(layout.FullPath);
        var image = builder.AddImage(null, new Dictionary<string, string> { ["a"] = "b" });
        var json = JsonNode.Parse(File.ReadAllBytes(builder.BlobPath(image.Digest)))!;
        json["manifests"] = new JsonArray(ImageLayoutBuilder.Json(image));
        builder.AddManifest("both", MediaTypes.OciManifest, json);
        json.AsObject().Remove("mediaType");
        builder.AddManifest("unnamed", MediaTypes.OciIndex, json.DeepClone());

        (await world.Owner.RunAsync("sign", "-y", $"oci:{layout.FullPath}:both", "--as", $"{repository}:1.0")).Refuses(11, "untrusted");
        (await world.Owner.RunAsync("sign", "-y", $"oci:{layout.FullPath}:unnamed", "--as", $"{repository}:1.0")).Refuses(11, "untrusted");
        Assert.Equal(1, await TargetsVersionAsync(repository));
    }

    [Fact]
    public async Task D45_TagAndDigestThatDoNotBelongTogether_AreRefusedEvenIfBothAreSigned()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        var other = await world.PushAndSignAsync(repository, "1.1");
        using var verifier = world.NewVerifier();

        (await verifier.RunAsync("verify", $"{repository}:1.0@{other.Digest}", "--root", await world.Owner.ExportRootAsync(repository))).Refuses(13, other.Digest.ToString());
    }

    [Fact]
    public async Task D46_NamesOfDockerHub_AreOneRepositoryAndLookAlikesAreNot()
    {
        using var layout = new TestDirectory();
        var image = new ImageLayoutBuilder(layout.FullPath).AddImage("1.0", new Dictionary<string, string> { ["a"] = "b" });
        await world.Owner.DoAsync("init", "alpine", "-y");
        await world.Owner.DoAsync("sign", "-y", $"oci:{layout.FullPath}:1.0", "--as", "alpine:1.0");
        var root = await world.Owner.ExportRootAsync("docker.io/library/alpine");
        using var verifier = world.NewVerifier();
        async Task<SignerResult> VerifyAsync(string name) => await verifier.RunAsync("verify", "--no-registry", $"{name}:1.0", "--root", root);

        foreach (var same in (string[])["alpine", "docker.io/alpine", "index.docker.io/library/alpine", "DOCKER.io/library/alpine"])
            Assert.Equal($"docker.io/library/alpine@{image.Digest}", (await VerifyAsync(same)).Exits(0).Line);
        foreach (var lookAlike in (string[])["docker.io.evil.com/library/alpine", "docker.io:443/library/alpine", "library/alpine-", "evil/alpine"])
            Assert.True((await VerifyAsync(lookAlike)).ExitCode is 11 or 2, lookAlike);
        foreach (var noName in (string[])["ALPINE", "docker.io/library/alpine/", "docker.io/../library/alpine", "docker．io/library/alpine", "docker.io//alpine", "https://docker.io/library/alpine"])
            (await VerifyAsync(noName)).Refuses(2, "");
    }

    [Fact]
    public async Task D47_TagMovesWhileItIsSigned_OnlyTheExpectedDigestIsSigned()
    {
        var repository = await world.NewRepositoryAsync();
        var built = world.Push(repository, "1.0");
        var pushedByAttacker = world.Push(repository, "1.0");

        (await world.Owner.RunAsync("sign", "-y", $"{repository}:1.0", "--expect-digest", built.Digest.ToString())).Refuses(13, pushedByAttacker.Digest.ToString());
        Assert.Equal(1, await TargetsVersionAsync(repository));

        // The digest that the build reported is signed whatever the tag points to.
        Assert.EndsWith(built.Digest.ToString(), (await world.Owner.DoAsync("sign", "-y", $"{repository}:1.0@{built.Digest}")).Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D47_RegistryThatAnswersDifferentlyEachTime_IsAskedOnceAndWhatWasShownIsSigned()
    {
        using var layout = new TestDirectory();
        var builder = new ImageLayoutBuilder(layout.FullPath);
        var first = builder.AddImage("1", new Dictionary<string, string> { ["a"] = "first" });
        var later = builder.AddImage("2", new Dictionary<string, string> { ["a"] = "later" });
        var gets = 0;
        await using var registry = await HostileServer.StartAsync(context =>
        {
            var image = context.Request.Method == "GET" && Interlocked.Increment(ref gets) > 1 ? later : first;
            return Misbehaviour.Manifest(File.ReadAllBytes(builder.BlobPath(image.Digest)), image.MediaType, image.Digest.ToString())(context);
        });
        var repository = $"{registry.Authority}/team/app";
        await world.Owner.DoAsync("init", repository, "-y");

        var signed = await world.Owner.DoAsync("sign", "-y", $"{repository}:1.0");

        Assert.Equal($"{repository}:1.0@{first.Digest}", signed.Line);
        Assert.Contains(first.Digest.ToString(), signed.Messages, StringComparison.Ordinal);
        var inspected = (await world.Owner.DoAsync("inspect", "-o", "json", repository)).Json;
        Assert.Equal(first.Digest.ToString(), inspected.GetProperty("targets")[0].GetProperty("digest").GetString());
    }

    private async Task<long> TargetsVersionAsync(string repository) =>
        Signed.Read<Metadata.Snapshot>(await world.Server.ReadAsync(repository, $"{Signed.Read<Metadata.Timestamp>(await world.Server.ReadAsync(repository, "timestamp.json")).SnapshotMeta.Version}.snapshot.json"))
            .Meta[Metadata.RoleName.Targets].Version!.Value;
}
