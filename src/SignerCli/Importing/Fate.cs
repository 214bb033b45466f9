namespace TrustService.Cli.Importing;

/// <summary>What became of one thing that was to be moved.</summary>
internal enum Fate
{
    /// <summary>It is here now.</summary>
    Kept,

    /// <summary>It was here before.</summary>
    Present,

    /// <summary>It was left behind; the reason says why.</summary>
    Dropped,
}
