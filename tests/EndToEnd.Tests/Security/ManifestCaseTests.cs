using System.Text;
using System.Text.Json.Nodes;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Security;

/// <summary>Hostile case D 48: manifests that must not be signed, whatever registry serves them.</summary>
public sealed class ManifestCaseTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    private const string Schema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    private const int TooManyBytes = 5 * 1024 * 1024;

    public static TheoryData<string> BadManifests => new("foreign layer", "empty", "5 MiB", "schema 1", "not JSON", "no layers at all");

    [Theory]
    [MemberData(nameof(BadManifests))]
    public async Task D48_ManifestThatCannotBeVouchedFor_IsNotSigned(string kind)
    {
        var (bytes, mediaType) = Make(kind);
        await using var registry = await HostileServer.StartAsync(Misbehaviour.Manifest(bytes, mediaType, Digest.OfSha256(bytes).ToString()));
        var repository = $"{registry.Authority}/team/app";
        await world.Owner.DoAsync("init", repository, "-y");

        var refused = await world.Owner.RunAsync("sign", "-y", $"{repository}:1.0");

        Assert.True(refused.ExitCode is 11 or 13, refused.ToString());
        refused.Refuses(refused.ExitCode, "✗");
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Server.ReadAsync(repository, "2.targets.json"));
    }

    private static (byte[] Bytes, string MediaType) Make(string kind)
    {
        using var directory = new TestDirectory();
        var builder = new ImageLayoutBuilder(directory.FullPath);
        var image = builder.AddImage(null, new Dictionary<string, string> { ["a"] = "b" });
        var manifest = JsonNode.Parse(File.ReadAllBytes(builder.BlobPath(image.Digest)))!;
        switch (kind)
        {
            case "foreign layer":
                manifest["layers"]![0]!["urls"] = new JsonArray("https://elsewhere.example.com/layer");
                return (Encoding.UTF8.GetBytes(manifest.ToJsonString()), image.MediaType);
            case "empty":
                return ([], image.MediaType);
            case "5 MiB":
                manifest["annotations"] = new JsonObject { ["padding"] = new string('x', TooManyBytes) };
                return (Encoding.UTF8.GetBytes(manifest.ToJsonString()), image.MediaType);
            case "schema 1":
                return ("""{"schemaVersion":1,"name":"team/app","tag":"1.0","architecture":"amd64","fsLayers":[],"history":[]}"""u8.ToArray(), Schema1);
            case "not JSON":
                return ("<html></html>"u8.ToArray(), "text/html");
            default:
                manifest.AsObject().Remove("layers");
                return (Encoding.UTF8.GetBytes(manifest.ToJsonString()), image.MediaType);
        }
    }
}
