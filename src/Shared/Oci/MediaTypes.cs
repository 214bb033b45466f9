using System.Collections.Immutable;

namespace TrustService.Oci;

/// <summary>Media types of manifests and indexes. Source: OCI image-spec 1.1, Media Types.</summary>
public static class MediaTypes
{
    /// <summary>Image manifest of OCI.</summary>
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>Image index of OCI.</summary>
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>Image manifest of Docker, schema 2.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>Manifest list of Docker, schema 2.</summary>
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>Docker's first manifest schema; it names layers by position and is never accepted.</summary>
    public const string DockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json";

    /// <summary>Docker's first manifest schema with a signature inside; never accepted.</summary>
    public const string DockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    /// <summary>The four types that can be signed and verified, in order of preference.</summary>
    public static ImmutableArray<string> Accepted { get; } = [OciIndex, OciManifest, DockerManifestList, DockerManifest];

    /// <summary>What a manifest of this type is, or null if the type is not accepted.</summary>
    public static ManifestKind? KindOf(string mediaType) => mediaType switch
    {
        OciManifest or DockerManifest => ManifestKind.Image,
        OciIndex or DockerManifestList => ManifestKind.Index,
        _ => null,
    };

    /// <summary>True for both forms of Docker's first schema.</summary>
    public static bool IsSchema1(string mediaType) => mediaType is DockerSchema1 or DockerSchema1Signed;
}
