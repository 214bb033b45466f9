namespace TrustService.Cli.Commands;

/// <summary>What may be wrong with a repository whose signatures hold.</summary>
internal enum FindingKind
{
    /// <summary>A version that no honest publisher reaches: somebody who has the key makes clients refuse every later one.</summary>
    FastForward,

    /// <summary>The server publishes less than was published before: an older state was restored.</summary>
    WentBack,

    /// <summary>The owner says that the key was stolen.</summary>
    Stolen,
}
