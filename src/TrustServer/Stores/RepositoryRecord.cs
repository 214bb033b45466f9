using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Server.Stores;

/// <summary>One repository: its name, its format and the current version of each top-level role.</summary>
internal sealed record RepositoryRecord
{
    /// <summary>Number that the store gave it. A repository that is deleted and published again has another one.</summary>
    public required long Id { get; init; }

    /// <summary>Full name.</summary>
    public required RepositoryName Name { get; init; }

    /// <summary>Name of its metadata format: <c>tuf</c> or <c>notary</c>.</summary>
    public required string Format { get; init; }

    /// <summary>When it was published first (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was published last (UTC).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Current root.</summary>
    public required RoleHead Root { get; init; }

    /// <summary>Current timestamp.</summary>
    public required RoleHead Timestamp { get; init; }

    /// <summary>Current snapshot.</summary>
    public required RoleHead Snapshot { get; init; }

    /// <summary>Current targets.</summary>
    public required RoleHead Targets { get; init; }

    /// <summary>Versions of snapshot and timestamp that may have been lost with a restored backup: the next signature leaves them out.</summary>
    public long OwedVersions { get; init; }

    /// <summary>The current file of a top-level role; null for a delegated role, whose versions stand in snapshot.</summary>
    public RoleHead? Head(RoleName role) => role.Value switch
    {
        "root" => Root,
        "timestamp" => Timestamp,
        "snapshot" => Snapshot,
        "targets" => Targets,
        _ => null,
    };
}
