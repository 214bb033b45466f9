using System.Text;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Oci;

public sealed class ManifestReaderTests
{
    private const string Sha = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private const string Config = $$"""{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Sha}}","size":3}""";
    private const string Layer = $$"""{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{Sha}}","size":3}""";
    private const string Image = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{{Config}},"layers":[{{Layer}}]}""";
    private const string Platform = """{"os":"linux","architecture":"arm","variant":"v7"}""";
    private const string Child = $$"""{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Sha}}","size":3,"platform":{{Platform}} }""";
    private const string Index = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{{Child}}]}""";

    [Theory]
    [InlineData(MediaTypes.OciManifest)]
    [InlineData(MediaTypes.OciManifest + "; charset=utf-8")]
    [InlineData(null)]
    public void Read_Image_GivesTypeDigestAndSizeOfTheBytes(string? contentType)
    {
        var bytes = Encoding.UTF8.GetBytes(Image);

        var manifest = ManifestReader.Read(bytes, contentType, null);

        Assert.Equal(new Descriptor(MediaTypes.OciManifest, Digest.OfSha256(bytes), bytes.Length), manifest.Descriptor);
        Assert.Equal(ManifestKind.Image, manifest.Kind);
        Assert.Empty(manifest.Children);
    }

    [Fact]
    public void Read_Index_GivesItsChildrenWithPlatforms()
    {
        var manifest = Read(Index);

        Assert.Equal(ManifestKind.Index, manifest.Kind);
        Assert.Equal(new ManifestChild(new Descriptor(MediaTypes.OciManifest, Digest.Parse(Sha), 3), "linux/arm/v7"), Assert.Single(manifest.Children));
    }

    [Theory]
    [InlineData("""{"os":"linux","architecture":"amd64"}""", "linux/amd64")]
    [InlineData("""{"os":"linux"}""", null)]
    [InlineData("""{"os":"linux","architecture":"\u001b[31m"}""", null)]
    [InlineData("""{"os":7,"architecture":"amd64"}""", null)]
    [InlineData("\"linux/amd64\"", null)]
    public void Read_Platform_IsPlainWordsOrNothing(string platform, string? expected)
    {
        var json = Index.Replace(Platform, platform, StringComparison.Ordinal);
        Assert.Equal(expected, Read(json).Children[0].Platform);
    }

    [Fact]
    public void Read_MissingMediaType_NeedsAContentTypeThatFits()
    {
        var json = Image.Replace($"\"mediaType\":\"{MediaTypes.OciManifest}\",", "", StringComparison.Ordinal);

        Assert.Equal(MediaTypes.OciManifest, Read(json, MediaTypes.OciManifest).Descriptor.MediaType);
        Refuse(json, null);
        Refuse(json, MediaTypes.OciIndex);
        Refuse(json, "application/json");
    }

    [Fact]
    public void Read_OtherBytesThanAskedFor_IsADigestMismatch()
    {
        var bytes = Encoding.UTF8.GetBytes(Image);
        Refusal.Of(TrustError.DigestMismatch, () => ManifestReader.Read(bytes, null, Digest.Parse(Sha)));
        Assert.Equal(Digest.OfSha512(bytes), ManifestReader.Read(bytes, null, Digest.OfSha512(bytes)).Digest);
    }

    public static TheoryData<string, string?> Ambiguous => new()
    {
        { Image.Replace("\"layers\"", $"\"manifests\":[{Child}],\"layers\"", StringComparison.Ordinal), null },
        { Index.Replace("\"manifests\"", "\"layers\":[],\"manifests\"", StringComparison.Ordinal), null },
        { Index.Replace("\"manifests\"", $"\"config\":{Config},\"manifests\"", StringComparison.Ordinal), null },
        { Image.Replace("\"layers\"", "\"fsLayers\":[],\"layers\"", StringComparison.Ordinal), null },
        { Image.Replace("\"layers\"", $"\"Layers\":[{Layer}],\"layers\"", StringComparison.Ordinal), null },
        { Image.Replace("\"layers\"", $"\"layer\u017F\":[{Layer}],\"layers\"", StringComparison.Ordinal), null },
        { Image.Replace("\"size\":3", "\"size\":3,\"Digest\":\"sha256:00\"", StringComparison.Ordinal), null },
        { Image.Replace("\"layers\"", $"\"layers\":[],\"layers\"", StringComparison.Ordinal), null },
        { Image, MediaTypes.OciIndex },
        { Image, MediaTypes.DockerManifest },
        { Index, MediaTypes.OciManifest },
        { Image.Replace(MediaTypes.OciManifest, MediaTypes.OciIndex, StringComparison.Ordinal), null },
        { Index.Replace($"\"mediaType\":\"{MediaTypes.OciIndex}\"", $"\"mediaType\":\"{MediaTypes.OciManifest}\"", StringComparison.Ordinal), null },
    };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public void Case44_AmbiguousManifest_IsRefused(string json, string? contentType) => Refuse(json, contentType);

    public static TheoryData<string, string> NotSignable => new()
    {
        { Image.Replace("\"size\":3}]", "\"size\":3,\"urls\":[\"https://evil.example/layer\"]}]", StringComparison.Ordinal), "urls" },
        { Index.Replace("\"size\":3", "\"size\":3,\"urls\":[\"https://evil.example/m\"]", StringComparison.Ordinal), "urls" },
        { Image.Replace("\"size\":3}]", "\"size\":-3}]", StringComparison.Ordinal), "size" },
        { Image.Replace("\"size\":3}]", "\"size\":99999999999999999999}]", StringComparison.Ordinal), "size" },
        { Image.Replace("\"size\":3}]", "\"size\":\"3\"}]", StringComparison.Ordinal), "size" },
        { Image.Replace(Sha, "md5:900150983cd24fb0d6963f7d28e17f72", StringComparison.Ordinal), "digest" },
        { Image.Replace(Sha, "sha256:../../x", StringComparison.Ordinal), "digest" },
        { Image.Replace("\"schemaVersion\":2", "\"schemaVersion\":1", StringComparison.Ordinal), "schema 1" },
        { $$"""{"schemaVersion":1,"name":"a","tag":"b","fsLayers":[],"history":[]}""", "schema 1" },
        { Image.Replace(MediaTypes.OciManifest, MediaTypes.DockerSchema1Signed, StringComparison.Ordinal), "schema 1" },
        { Image.Replace("\"schemaVersion\":2", "\"schemaVersion\":3", StringComparison.Ordinal), "schemaVersion" },
        { Image.Replace(MediaTypes.OciManifest, "application/vnd.evil+json", StringComparison.Ordinal), "media type" },
        { Image.Replace(MediaTypes.OciManifest, "\\u001b[31m", StringComparison.Ordinal), "'?[31m'" },
        { """{"schemaVersion":2,"mediaType":7}""", "mediaType" },
        { "[]", "object" },
        { "null", "object" },
        { "{", "JSON" },
        { "", "0 bytes" },
    };

    [Theory]
    [MemberData(nameof(NotSignable))]
    public void Case48_ManifestThatCannotBeVouchedFor_IsRefusedWithTheReason(string json, string reason)
    {
        var refusal = Refusal.Of(TrustError.InvalidManifest, () => Read(json));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Case48_ManifestOver4MiB_IsRefused()
    {
        var padded = Encoding.UTF8.GetBytes(Image.PadRight(OciLimits.MaxManifestBytes));
        Assert.Equal(OciLimits.MaxManifestBytes, ManifestReader.Read(padded, null, null).Descriptor.Size);
        Refusal.Of(TrustError.InvalidManifest, () => ManifestReader.Read(new byte[OciLimits.MaxManifestBytes + 1], null, null));
    }

    [Fact]
    public void Read_MutatedManifest_IsReadOrRefused()
    {
        var accepted = 0;
        Property.ForAll(5000, random =>
        {
            var text = Mutation.Of(random.Next(2) == 0 ? Image : Index, random);
            if (Refusal.IsAccepted(() => Read(text, random.Next(2) == 0 ? null : MediaTypes.OciManifest)))
                accepted++;
        });
        Assert.InRange(accepted, 0, 4999);
    }

    private static void Refuse(string json, string? contentType) =>
        Refusal.Of(TrustError.InvalidManifest, () => Read(json, contentType));

    private static Manifest Read(string json, string? contentType = null) =>
        ManifestReader.Read(Encoding.UTF8.GetBytes(json), contentType, null);
}
