using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>The current snapshot. Source: TUF 1.0.34 §4.6.</summary>
public sealed record Timestamp : IRole
{
    /// <inheritdoc/>
    public static RoleType Type => RoleType.Timestamp;

    /// <inheritdoc/>
    public string? SpecVersion { get; init; }

    /// <inheritdoc/>
    public required long Version { get; init; }

    /// <inheritdoc/>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>What is said of the snapshot file.</summary>
    public required MetaFile SnapshotMeta { get; init; }

    /// <summary>When it was signed (UTC), where the server says so; null elsewhere. It is covered by the signature.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <inheritdoc/>
    public UnrecognizedMembers Unrecognized { get; init; } = UnrecognizedMembers.None;
}
