namespace TrustService.Oci;

/// <summary>Every maximum for what comes from a registry or an image layout.</summary>
public static class OciLimits
{
    /// <summary>Bytes of a manifest or an index. Source: OCI distribution-spec 1.1, Pushing Manifests (4 MiB).</summary>
    public const int MaxManifestBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of an image layout's <c>index.json</c>.</summary>
    public const int MaxLayoutIndexBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of an image layout's <c>oci-layout</c> file.</summary>
    public const int MaxLayoutMarkerBytes = 4 * 1024;

    /// <summary>Nesting of arrays and objects in a manifest.</summary>
    public const int MaxManifestDepth = 32;

    /// <summary>Manifests below one index, nested ones included.</summary>
    public const int MaxChildren = 256;

    /// <summary>Levels of indexes within an index.</summary>
    public const int MaxIndexDepth = 2;

    /// <summary>Characters of a repository name, its registry host included.</summary>
    public const int MaxRepositoryNameLength = 255;

    /// <summary>Characters of a tag. Source: OCI distribution-spec 1.1, Pulling manifests.</summary>
    public const int MaxTagLength = 128;

    /// <summary>Characters of an image reference: repository, tag and the longest digest with their separators.</summary>
    public const int MaxReferenceLength = MaxRepositoryNameLength + 1 + MaxTagLength + 1 + 7 + 128;
}
