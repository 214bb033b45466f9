using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Registry;

public sealed class ManifestTreeTests : IDisposable
{
    private static readonly Dictionary<string, string> Files = new() { ["hello.txt"] = "hello" };
    private static readonly RepositoryName Repository = RepositoryName.Parse("a.io/x");

    private readonly TestDirectory _directory = new();
    private readonly ImageLayoutBuilder _builder;

    public ManifestTreeTests() => _builder = new ImageLayoutBuilder(_directory.FullPath);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task FetchChildrenAsync_Index_GivesEachPlatformOnce()
    {
        _builder.AddIndex("all", Files, "linux/amd64", "linux/arm64", "linux/amd64");

        var children = await FetchAsync("all");

        Assert.Equal(2, children.Length);
        Assert.All(children, child => Assert.Equal(ManifestKind.Image, child.Kind));
    }

    [Fact]
    public async Task FetchChildrenAsync_Image_HasNone()
    {
        _builder.AddImage("one", Files);
        Assert.Empty(await FetchAsync("one"));
    }

    [Fact]
    public async Task Case43_NestedIndex_IsFollowedToTheNamedDepthOnly()
    {
        var inner = _builder.AddIndex(null, Files, "linux/amd64");
        var middle = AddIndex("middle", inner);
        Assert.Equal(2, (await FetchAsync("middle")).Length);

        AddIndex("outer", middle);
        await Refusal.OfAsync(TrustError.TooLarge, () => FetchAsync("outer"));
    }

    [Fact]
    public async Task Case43_ChildThatWasReplaced_IsRefused()
    {
        var index = _builder.AddIndex("all", Files, "linux/amd64");
        var root = await ResolveAsync("all");
        File.AppendAllText(_builder.BlobPath(root.Children[0].Descriptor.Digest), " ");

        Assert.Equal(index, root.Descriptor);
        await Refusal.OfAsync(TrustError.HashMismatch, () => FetchAsync("all"));
    }

    [Fact]
    public async Task Case43_ChildOfOtherSizeOrTypeThanListed_IsRefused()
    {
        var image = _builder.AddImage(null, Files);
        AddIndex("size", image with { Size = image.Size + 1 });
        AddIndex("type", image with { MediaType = MediaTypes.DockerManifest });

        await Refusal.OfAsync(TrustError.InvalidManifest, () => FetchAsync("size"));
        await Refusal.OfAsync(TrustError.InvalidManifest, () => FetchAsync("type"));
    }

    [Fact]
    public async Task Case43_DigestOutsideTheSignedIndex_IsNotReached()
    {
        var stray = _builder.AddImage("stray", new Dictionary<string, string> { ["evil"] = "evil" });
        _builder.AddIndex("all", Files, "linux/amd64");
        Assert.DoesNotContain(await FetchAsync("all"), child => child.Digest == stray.Digest);
    }

    [Fact]
    public async Task Case43_MoreChildrenThanTheLimit_AreRefused()
    {
        var images = Enumerable.Range(0, OciLimits.MaxChildren + 1)
            .Select(number => _builder.AddManifest(null, MediaTypes.OciIndex, new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = new JsonArray(), ["n"] = number }))
            .ToArray();
        AddIndex("fits", images[1..]);
        AddIndex("many", images);

        Assert.Equal(OciLimits.MaxChildren, (await FetchAsync("fits")).Length);
        await Refusal.OfAsync(TrustError.TooLarge, () => FetchAsync("many"));
    }

    private Descriptor AddIndex(string? tag, params Descriptor[] children) => _builder.AddManifest(tag, MediaTypes.OciIndex, new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = MediaTypes.OciIndex,
        ["manifests"] = new JsonArray([.. children.Select(child => ImageLayoutBuilder.Json(child))]),
    });

    private ImageLayout Layout(string tag) => new(OciLayoutReference.Parse($"oci:{_directory.FullPath}:{tag}"));

    private Task<Manifest> ResolveAsync(string tag) => Layout(tag).ResolveAsync(CancellationToken.None);

    private async Task<System.Collections.Immutable.ImmutableArray<Manifest>> FetchAsync(string tag) =>
        await ManifestTree.FetchChildrenAsync(Layout(tag), Repository, await ResolveAsync(tag), CancellationToken.None);
}
