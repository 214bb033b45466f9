namespace TrustService.Oci;

/// <summary>What a manifest describes.</summary>
public enum ManifestKind
{
    /// <summary>One image: a config and layers.</summary>
    Image,

    /// <summary>A list of manifests, usually one for each platform.</summary>
    Index,
}
