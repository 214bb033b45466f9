using TrustService.Json;
using TrustService.Metadata;

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

    /// <summary>Roles that one snapshot lists.</summary>
    public const int MaxSnapshotRoles = 65_536;

    /// <summary>Hashes of one listed file.</summary>
    public const int MaxHashes = 16;

    /// <summary>Characters of a target path.</summary>
    public const int MaxTargetPathLength = 1024;

    // Of JSON in all: memory goes with the tokens of a file as much as with its bytes. A line of snapshot has 12, or 15 with a second hash; a tag has 15.
    private const int MaxSnapshotTokens = 16 * MaxSnapshotRoles;
    private const int MaxTokens = 3 * 1024 * 1024;

    /// <summary>What the JSON of a role's file may be.</summary>
    /// <param name="role">The shape of its signed part.</param>
    /// <param name="maxBytes">Bytes that the file may have.</param>
    internal static JsonLimits OfFile(RoleType role, int maxBytes) =>
        JsonLimits.OfBytes(maxBytes) with { MaxTokens = role == RoleType.Snapshot ? MaxSnapshotTokens : MaxTokens };
}
