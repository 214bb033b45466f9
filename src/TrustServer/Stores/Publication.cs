using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Server.Stores;

/// <summary>What one publish adds to a repository, all of it or nothing.</summary>
internal sealed record Publication
{
    /// <summary>
    /// New files, one for each role at the most; of root several versions, when a repository is taken over. The first publication of a repository holds all four top-level roles;
    /// every publication holds a timestamp.
    /// </summary>
    public required ImmutableArray<NewFile> Files { get; init; }

    /// <summary>Name of the repository's metadata format; a later publication must repeat the first one's.</summary>
    public required string Format { get; init; }

    /// <summary>For the change feed: a publish or a renewal.</summary>
    public required ChangeKind Kind { get; init; }

    /// <summary>For the change feed: who did it, or null.</summary>
    public string? Actor { get; init; }

    /// <summary>For the change feed: what changed, as a JSON object.</summary>
    public required string Summary { get; init; }

    /// <summary>
    /// Fingerprints of the snapshot and timestamp keys that a new root lists, or null if the publication has no root.
    /// The server's keys among them become active, its other active keys retired; a retired key stays retired.
    /// </summary>
    public ImmutableArray<string>? RootOnlineKeys { get; init; }

    /// <summary>Keys that take over by this publication, one for each role at the most: they become active, and every other key of their roles retired.</summary>
    public ImmutableArray<ActivatedKey> ActivatedKeys { get; init; } = [];

    /// <summary>
    /// Targets roles whose versions begin anew below the published ones: their files above the new version are removed. Set where a new root
    /// took the keys away that had signed them.
    /// </summary>
    public ImmutableArray<RoleName> ResetRoles { get; init; } = [];

    /// <summary>Versions that were left out before the new snapshot and timestamp, in place of those that the repository owes (<see cref="RepositoryRecord.OwedVersions"/>).</summary>
    public long LeftOut { get; init; }
}
