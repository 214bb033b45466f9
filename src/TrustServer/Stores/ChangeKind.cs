namespace TrustService.Server.Stores;

/// <summary>What happened to a repository.</summary>
internal enum ChangeKind
{
    /// <summary>Somebody published metadata.</summary>
    Publish,

    /// <summary>The server signed snapshot or timestamp anew before they expired.</summary>
    Renew,

    /// <summary>The repository was deleted.</summary>
    Delete,
}
