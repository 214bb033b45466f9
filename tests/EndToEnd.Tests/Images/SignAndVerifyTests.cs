using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Oci;
using TrustService.Testing;
using TrustService.Testing.Processes;

namespace TrustService.EndToEnd.Tests.Images;

/// <summary>Images that skopeo pushed to a real registry are signed by their owner and verified by somebody who has nothing but the root.</summary>
public sealed class SignAndVerifyTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    [Theory]
    [InlineData("by tag")]
    [InlineData("by tag and digest")]
    [InlineData("by digest")]
    public async Task Sign_PushedImage_IsVerifiedAndPinned(string how)
    {
        var repository = await world.NewRepositoryAsync();
        var image = world.Push(repository, "1.0");
        var reference = how switch { "by tag" => $"{repository}:1.0", "by digest" => $"{repository}@{image.Digest}", _ => $"{repository}:1.0@{image.Digest}" };
        using var verifier = world.NewVerifier();

        var signed = await world.Owner.DoAsync("sign", "-y", reference);
        var verified = await verifier.DoAsync("verify", reference, "--root", await world.Owner.ExportRootAsync(repository));

        Assert.EndsWith($"@{image.Digest}", signed.Line, StringComparison.Ordinal);
        Assert.Equal($"{repository}@{image.Digest}", verified.Line);
        Assert.Contains("✓ signed", verified.Messages, StringComparison.Ordinal);
        Assert.Contains("✓ fresh", verified.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_SignedTag_CanBePulledByWhatItPrints()
    {
        var repository = await world.NewRepositoryAsync();
        var image = await world.PushAndSignAsync(repository, "1.0");
        using var verifier = world.NewVerifier();
        using var directory = new TestDirectory();

        var pinned = (await verifier.DoAsync("verify", "-q", $"{repository}:1.0", "--root", await world.Owner.ExportRootAsync(repository))).Line;
        Command.Run("skopeo", "--insecure-policy", "copy", "--preserve-digests", "--src-tls-verify=false", $"docker://{pinned}", $"oci:{directory["pulled"]}:1.0");

        Assert.True(File.Exists(Path.Combine(directory["pulled"], "blobs", "sha256", image.Digest.Hex)));
    }

    [Fact]
    public async Task Sign_IndexRecursively_VerifiesEveryPlatformByItsDigest()
    {
        var repository = await world.NewRepositoryAsync();
        using var layout = new TestDirectory();
        var builder = new ImageLayoutBuilder(layout.FullPath);
        var index = builder.AddIndex("2.0", new Dictionary<string, string> { ["hello.txt"] = repository }, "linux/amd64", "linux/arm64");
        world.Registry.Push(layout.FullPath, "2.0", repository[(world.Registry.Host.Length + 1)..], "2.0");
        var children = ManifestReader.Read(File.ReadAllBytes(builder.BlobPath(index.Digest)), MediaTypes.OciIndex, index.Digest).Children;
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);

        await world.Owner.DoAsync("sign", "-y", $"{repository}:2.0");
        (await verifier.RunAsync("verify", $"{repository}@{children[0].Descriptor.Digest}", "--root", root)).Refuses(10, "not signed");
        await world.Owner.DoAsync("sign", "-y", "--recursive", $"{repository}:2.0");

        Assert.Equal($"{repository}@{index.Digest}", (await verifier.DoAsync("verify", $"{repository}:2.0", "--root", root)).Line);
        Assert.Equal(2, children.Length);
        foreach (var child in children)
        {
            var reference = $"{repository}@{child.Descriptor.Digest}";
            Assert.Equal(reference, (await verifier.DoAsync("verify", reference, "--root", root)).Line);
        }
    }

    [Fact]
    public async Task Sign_ManyReferences_IsOnePublish()
    {
        var repository = await world.NewRepositoryAsync();
        var (first, second) = (world.Push(repository, "1.0"), world.Push(repository, "1.1"));
        using var layout = new TestDirectory();
        var third = new ImageLayoutBuilder(layout.FullPath).AddImage("1.2", new Dictionary<string, string> { ["a"] = repository });
        using var verifier = world.NewVerifier();

        var signed = await world.Owner.DoAsync(
            "sign", "-y", "-o", "json", $"{repository}:1.0", $"{repository}:1.1@{second.Digest}", $"{repository}@{first.Digest}", $"oci:{layout.FullPath}:1.2", "--as", $"{repository}:1.2");
        var verified = await verifier.DoAsync("verify", "--no-registry", $"{repository}:1.0", $"{repository}:1.1", $"{repository}:1.2", "--root", await world.Owner.ExportRootAsync(repository));

        Assert.Equal([2L, 2L, 2L, 2L], signed.Json.EnumerateArray().Select(item => item.GetProperty("metadata").GetProperty("targets").GetProperty("version").GetInt64()));
        Assert.Equal(
            [$"{repository}@{first.Digest}", $"{repository}@{second.Digest}", $"{repository}@{third.Digest}"],
            verified.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Sign_DryRun_PublishesNothing()
    {
        var repository = await world.NewRepositoryAsync();
        world.Push(repository, "1.0");
        using var verifier = world.NewVerifier();

        await world.Owner.DoAsync("sign", "--dry-run", $"{repository}:1.0");

        (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", await world.Owner.ExportRootAsync(repository))).Refuses(10, "not signed");
    }

    [Fact]
    public async Task Sign_SameImageAgain_ChangesNothing()
    {
        var repository = await world.NewRepositoryAsync();
        var image = await world.PushAndSignAsync(repository, "1.0");
        var before = await world.Server.ReadAsync(repository, "timestamp.json");

        var again = await world.Owner.DoAsync("sign", "-y", "-o", "json", $"{repository}:1.0@{image.Digest}");

        Assert.Equal("unchanged", again.Json[0].GetProperty("outcome").GetString());
        Assert.Equal(before, await world.Server.ReadAsync(repository, "timestamp.json"));
    }

    [Fact]
    public async Task Sign_EightProcessesAtOnce_AllAreSigned()
    {
        var repository = await world.NewRepositoryAsync();
        var tags = Enumerable.Range(1, 8).Select(i => $"1.{i}").ToList();
        var images = tags.ToDictionary(tag => tag, tag => world.Push(repository, tag));
        using var verifier = world.NewVerifier();

        await Task.WhenAll(tags.Select(tag => world.Owner.DoAsync("sign", "-y", $"{repository}:{tag}@{images[tag].Digest}")));

        var verified = await verifier.DoAsync(["verify", "-q", .. tags.Select(tag => $"{repository}:{tag}"), "--root", await world.Owner.ExportRootAsync(repository)]);
        Assert.Equal(tags.Select(tag => $"{repository}@{images[tag].Digest}"), verified.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Revoke_SignedTag_IsUnsignedAfterwards()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        await world.PushAndSignAsync(repository, "1.1");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);
        await verifier.DoAsync("verify", $"{repository}:1.0", "--root", root);

        await world.Owner.DoAsync("revoke", "-y", $"{repository}:1.0");

        (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", root)).Refuses(10, "'1.0' is not signed");
        await verifier.DoAsync("verify", $"{repository}:1.1", "--root", root);
        Assert.DoesNotContain(":1.0", (await verifier.DoAsync("inspect", repository, "--root", root)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ByFingerprintOrOnFirstUse_TrustsTheSameRoot()
    {
        var repository = await world.NewRepositoryAsync();
        var image = await world.PushAndSignAsync(repository, "1.0");
        var fingerprint = (await world.Owner.DoAsync("root", "export", "--fingerprint", repository)).Line;
        using var careful = world.NewVerifier();
        using var quick = world.NewVerifier();

        Assert.Equal($"{repository}@{image.Digest}", (await careful.DoAsync("verify", $"{repository}:1.0", "--root", fingerprint)).Line);
        (await quick.RunAsync("verify", $"{repository}:1.0")).Refuses(2, "root");
        Assert.Equal($"{repository}@{image.Digest}", (await quick.DoAsync("verify", $"{repository}:1.0", "--tofu")).Line);
        // From then on it is pinned.
        Assert.Equal($"{repository}@{image.Digest}", (await quick.DoAsync("verify", $"{repository}:1.0")).Line);
    }

    [Fact]
    public async Task Verify_Offline_UsesWhatIsCachedWhileItIsFresh()
    {
        var repository = await world.NewRepositoryAsync();
        var image = await world.PushAndSignAsync(repository, "1.0");
        var root = await world.Owner.ExportRootAsync(repository);
        using var verifier = world.NewVerifier();
        (await verifier.RunAsync("verify", "--offline", $"{repository}:1.0", "--root", root)).Refuses(14, "offline");
        await verifier.DoAsync("verify", $"{repository}:1.0", "--root", root);
        verifier.Environment["SIGNER_SERVER"] = "https://127.0.0.1:1";

        Assert.Equal($"{repository}@{image.Digest}", (await verifier.DoAsync("verify", "--offline", $"{repository}:1.0", "--root", root)).Line);
        (await verifier.RunAsync("verify", "--offline", $"{repository}:2.0", "--root", root)).Refuses(10, "not signed");
    }
}
