namespace TrustService.Server.Endpoints;

/// <summary>What a path below <c>/tuf/</c> names.</summary>
internal enum TufResource
{
    /// <summary>One metadata file of a repository.</summary>
    MetadataFile,

    /// <summary>All metadata of a repository, to publish to.</summary>
    MetadataSet,

    /// <summary>The server's key for a role of a repository.</summary>
    OnlineKey,
}
