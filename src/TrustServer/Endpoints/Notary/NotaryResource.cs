namespace TrustService.Server.Endpoints.Notary;

/// <summary>What a path below <c>/v2/</c> names.</summary>
internal enum NotaryResource
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The answer to whether a Notary server is here.</summary>
    Ping,

    /// <summary>All metadata of a repository, to publish to or to delete.</summary>
    MetadataSet,

    /// <summary>One metadata file of a repository.</summary>
    MetadataFile,

    /// <summary>The server's key for a role of a repository.</summary>
    OnlineKey,

    /// <summary>The changes of one repository.</summary>
    Changes,

    /// <summary>The changes of all repositories.</summary>
    AllChanges,
}
