namespace TrustService.Formats;

/// <summary>What any metadata may hold at the most.</summary>
public static class MetadataLimits
{
    /// <summary>The highest version: the largest integer that every JSON reader keeps exact (2^53 − 1).</summary>
    public const long MaxVersion = 9_007_199_254_740_991;

    /// <summary>The largest length of a listed file in bytes (2^53 − 1).</summary>
    public const long MaxLength = 9_007_199_254_740_991;

    /// <summary>Signatures of one file.</summary>
    public const int MaxSignatures = 4096;

    /// <summary>Keys of one file.</summary>
    public const int MaxKeys = 4096;

    /// <summary>Roles that one file delegates to.</summary>
    public const int MaxDelegatedRoles = 16_384;

    /// <summary>Hashes of one listed file.</summary>
    public const int MaxHashes = 16;

    /// <summary>Characters of a target path.</summary>
    public const int MaxTargetPathLength = 1024;
}
