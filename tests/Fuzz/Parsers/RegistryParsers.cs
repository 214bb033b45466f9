using TrustService.Fuzz.Mutators;
using TrustService.Oci;
using TrustService.Registry;

namespace TrustService.Fuzz.Parsers;

/// <summary>What registries, image layouts and other container tools write.</summary>
internal static class RegistryParsers
{
    private static readonly string Digest = "sha256:" + new string('a', 64);

    private static readonly string[] Words =
    [
        "schemaVersion", "mediaType", "config", "layers", "manifests", "digest", "size", "urls", "platform", "os", "architecture", "variant", "annotations", "subject", "fsLayers", "history", "MediaType",
        MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.DockerManifest, MediaTypes.DockerManifestList, MediaTypes.DockerSchema1, "org.opencontainers.image.ref.name",
    ];

    private static string Descriptor(string mediaType) => $$$"""{"mediaType":"{{{mediaType}}}","digest":"{{{Digest}}}","size":1234}""";

    private static string Image => $$$"""{"schemaVersion":2,"mediaType":"{{{MediaTypes.OciManifest}}}","config":{{{Descriptor("application/vnd.oci.image.config.v1+json")}}},"layers":[{{{Descriptor("application/vnd.oci.image.layer.v1.tar+gzip")}}}],"annotations":{"a":"b"}}""";

    private static string Index => $$$"""{"schemaVersion":2,"mediaType":"{{{MediaTypes.OciIndex}}}","manifests":[{{{Descriptor(MediaTypes.OciManifest)[..^1]}}},"platform":{"os":"linux","architecture":"arm","variant":"v7"}}]}""";

    private static string Layout => $$$"""{"schemaVersion":2,"manifests":[{{{Descriptor(MediaTypes.OciManifest)[..^1]}}},"annotations":{"org.opencontainers.image.ref.name":"v1"}},{{{Descriptor(MediaTypes.OciIndex)}}}]}""";

    public static IEnumerable<ParserUnderTest> Make()
    {
        var layout = OciLayoutReference.Parse("oci:dir:v1");
        var repository = RepositoryName.Parse("registry.example.com/team/app");
        yield return new ParserUnderTest("manifest", 8, new JsonMutator(Words), [InputText.Seed(Image), InputText.Seed(Index)], input => ManifestReader.Read(input, null, null));
        yield return new ParserUnderTest("layout-index", 5, new JsonMutator(Words), [InputText.Seed(Layout)], input => LayoutIndex.Parse(input).Select(layout));
        yield return new ParserUnderTest("bearer-challenge", 5, new ByteMutator("realm=", "service=", "scope=", "http://", "https://", "\"", ",", "\\", "user:pass@"),
            [InputText.Seed("""realm="https://auth.example.com/token?a=b",service="registry.example.com",scope="repository:team/app:pull" """)],
            input => { if (BearerChallenge.TryParse(InputText.Of(input), out var challenge)) _ = challenge.TokenAddress("repository:team/app:pull"); });
        yield return new ParserUnderTest("docker-config", 5, new JsonMutator("auths", "auth", "username", "password", "identitytoken", "credHelpers", "credsStore", "https://index.docker.io/v1/", "dXNlcjpwYXNz", "registry.example.com/team"),
            [InputText.Seed("""{"auths":{"registry.example.com":{"auth":"dXNlcjpwYXNz"},"https://index.docker.io/v1/":{"username":"u","password":"p"},"ghcr.io/team/":{"identitytoken":"t"}},"credHelpers":{"gcr.io":"gcloud"},"credsStore":"desktop","HttpHeaders":{"a":"b"}}""")],
            input =>
            {
                var config = DockerConfig.Parse(input);
                _ = (config.CredentialFor(repository), config.HelperFor(repository), config.DefaultHelper);
            });
    }
}
