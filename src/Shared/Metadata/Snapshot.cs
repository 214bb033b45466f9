using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>The current version of every targets role. Source: TUF 1.0.34 §4.4.</summary>
public sealed record Snapshot : IRole
{
    /// <inheritdoc/>
    public static RoleType Type => RoleType.Snapshot;

    /// <inheritdoc/>
    public string? SpecVersion { get; init; }

    /// <inheritdoc/>
    public required long Version { get; init; }

    /// <inheritdoc/>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>What is said of the file of each role.</summary>
    public required IReadOnlyDictionary<RoleName, MetaFile> Meta { get; init; }

    /// <inheritdoc/>
    public UnrecognizedMembers Unrecognized { get; init; } = UnrecognizedMembers.None;
}
