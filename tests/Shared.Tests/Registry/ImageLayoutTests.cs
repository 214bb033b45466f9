using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Registry;

public sealed class ImageLayoutTests : IDisposable
{
    private static readonly Dictionary<string, string> Files = new() { ["hello.txt"] = "hello" };

    private readonly TestDirectory _directory = new();
    private readonly ImageLayoutBuilder _builder;

    public ImageLayoutTests() => _builder = new ImageLayoutBuilder(_directory["layout"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task ResolveAsync_OnlyImageTagOrDigest_GivesWhatIsListed()
    {
        var listed = _builder.AddImage("1.0", Files);

        foreach (var suffix in new[] { "", ":1.0", "@" + listed.Digest })
            Assert.Equal(listed, (await ResolveAsync(suffix)).Descriptor);
    }

    [Fact]
    public async Task ResolveAsync_SeveralImages_NeedsANameAndListsTheTags()
    {
        var first = _builder.AddImage("1.0", Files);
        _builder.AddImage("2.0", new Dictionary<string, string> { ["hello.txt"] = "world" });

        Assert.Equal(first, (await ResolveAsync(":1.0")).Descriptor);
        var refusal = await Refusal.OfAsync(TrustError.InvalidReference, () => ResolveAsync(""));
        Assert.Contains("'1.0', '2.0'", refusal.Hint, StringComparison.Ordinal);
        refusal = await Refusal.OfAsync(TrustError.ImageUnknown, () => ResolveAsync(":3.0"));
        Assert.Contains("'1.0', '2.0'", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_TagThatNamesTwoImages_IsRefused()
    {
        _builder.AddImage("1.0", Files);
        _builder.AddImage("1.0", new Dictionary<string, string> { ["hello.txt"] = "world" });
        await Refusal.OfAsync(TrustError.InvalidManifest, () => ResolveAsync(":1.0"));
    }

    [Fact]
    public async Task ResolveAsync_TamperedBlob_IsRefusedByItsHash()
    {
        var listed = _builder.AddImage("1.0", Files);
        var path = _builder.BlobPath(listed.Digest);
        File.WriteAllText(path, File.ReadAllText(path).Replace("sha256:1", "sha256:2", StringComparison.Ordinal) + " ");
        await Refusal.OfAsync(TrustError.HashMismatch, () => ResolveAsync(":1.0"));
    }

    [Fact]
    public async Task ResolveAsync_ListedSizeIsWrong_IsRefused()
    {
        _builder.AddImage("1.0", Files);
        Edit("index.json", json => json["manifests"]![0]!["size"] = 1);
        await Refusal.OfAsync(TrustError.InvalidManifest, () => ResolveAsync(":1.0"));
    }

    [Fact]
    public async Task Case44_ListedTypeIsWrong_IsRefused()
    {
        _builder.AddImage("1.0", Files);
        Edit("index.json", json => json["manifests"]![0]!["mediaType"] = MediaTypes.OciIndex);
        await Refusal.OfAsync(TrustError.InvalidManifest, () => ResolveAsync(":1.0"));
    }

    [Fact]
    public async Task ResolveAsync_BlobMissing_IsUnknown()
    {
        File.Delete(_builder.BlobPath(_builder.AddImage("1.0", Files).Digest));
        await Refusal.OfAsync(TrustError.ImageUnknown, () => ResolveAsync(":1.0"));
    }

    [Theory]
    [InlineData("oci-layout")]
    [InlineData("index.json")]
    [InlineData("blobs")]
    [InlineData("blobs/sha256")]
    public async Task ResolveAsync_Link_IsNotFollowed(string name)
    {
        _builder.AddImage("1.0", Files);
        var path = Path.Combine(_builder.DirectoryPath, name);
        var moved = _directory["moved"];
        Directory.Move(path, moved);
        File.CreateSymbolicLink(path, moved);

        await Refusal.OfAsync(TrustError.InvalidManifest, () => ResolveAsync(":1.0"));
    }

    [Fact]
    public async Task ResolveAsync_LinkInPlaceOfABlob_IsNotFollowed()
    {
        var path = _builder.BlobPath(_builder.AddImage("1.0", Files).Digest);
        File.Move(path, _directory["moved"]);
        File.CreateSymbolicLink(path, _directory["moved"]);
        await Refusal.OfAsync(TrustError.InvalidManifest, () => ResolveAsync(":1.0"));
    }

    [Fact]
    public async Task Case48_HugeOrEmptyFiles_AreRefused()
    {
        var path = _builder.BlobPath(_builder.AddImage("1.0", Files).Digest);
        using (var file = File.OpenWrite(path))
            file.SetLength(OciLimits.MaxManifestBytes + 1L);
        await Refusal.OfAsync(TrustError.TooLarge, () => ResolveAsync(":1.0"));
        File.WriteAllBytes(path, []);
        await Refusal.OfAsync(TrustError.InvalidManifest, () => ResolveAsync(":1.0"));
    }

    [Theory]
    [InlineData("oci-layout", null, TrustError.LocalFile)]
    [InlineData("index.json", null, TrustError.LocalFile)]
    [InlineData("oci-layout", """{"imageLayoutVersion":"2.0.0"}""", TrustError.InvalidManifest)]
    [InlineData("oci-layout", "[]", TrustError.InvalidManifest)]
    [InlineData("index.json", "{", TrustError.InvalidManifest)]
    [InlineData("index.json", "{}", TrustError.InvalidManifest)]
    [InlineData("index.json", """{"manifests":[null]}""", TrustError.InvalidManifest)]
    public async Task ResolveAsync_BrokenLayout_IsRefused(string name, string? content, TrustError error)
    {
        _builder.AddImage("1.0", Files);
        var path = Path.Combine(_builder.DirectoryPath, name);
        File.Delete(path);
        if (content is not null)
            File.WriteAllText(path, content);
        await Refusal.OfAsync(error, () => ResolveAsync(":1.0"));
    }

    [Fact]
    public async Task ImageSource_Reference_DigestDecidesAndTagIsTheLayouts()
    {
        var first = _builder.AddImage("1.0", Files);
        var second = _builder.AddImage("2.0", new Dictionary<string, string> { ["hello.txt"] = "world" });
        var source = new ImageLayout(OciLayoutReference.Parse($"oci:{_builder.DirectoryPath}:2.0"));

        Assert.Equal(second, (await source.ResolveAsync(ImageReference.Parse("a.io/x:anything"), CancellationToken.None)).Descriptor);
        Assert.Equal(first, (await source.ResolveAsync(ImageReference.Parse("a.io/x@" + first.Digest), CancellationToken.None)).Descriptor);
    }

    [Theory]
    [InlineData("oci:dir", "dir", null)]
    [InlineData("oci:../a/b:1.0", "../a/b", "1.0")]
    [InlineData("oci:/a@b", "/a@b", null)]
    public void LayoutReference_Text_RoundTrips(string text, string directory, string? tag)
    {
        var reference = OciLayoutReference.Parse(text);
        Assert.Equal((directory, tag, text), (reference.Directory, reference.Tag, reference.ToString()));
    }

    [Theory]
    [InlineData("dir", TrustError.InvalidReference)]
    [InlineData("oci:", TrustError.InvalidReference)]
    [InlineData("oci::tag", TrustError.InvalidReference)]
    [InlineData("oci:dir:", TrustError.InvalidReference)]
    [InlineData("oci:dir:a:b", TrustError.InvalidReference)]
    [InlineData("oci:di\0r", TrustError.InvalidReference)]
    [InlineData("oci:dir@sha256:00", TrustError.InvalidDigest)]
    [InlineData("oci:dir:tag@sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", TrustError.InvalidReference)]
    public void LayoutReference_MalformedText_IsRefused(string text, TrustError error)
    {
        Refusal.Of(error, () => OciLayoutReference.Parse(text));
        Assert.False(OciLayoutReference.TryParse(text, out _));
    }

    private Task<Manifest> ResolveAsync(string suffix) =>
        new ImageLayout(OciLayoutReference.Parse($"oci:{_builder.DirectoryPath}{suffix}")).ResolveAsync(CancellationToken.None);

    private void Edit(string name, Action<JsonNode> change)
    {
        var path = Path.Combine(_builder.DirectoryPath, name);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
