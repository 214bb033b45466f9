using TrustService.Server.Stores;

namespace TrustService.Server.Contracts;

/// <summary>One repository with all its roles but hash bins.</summary>
internal sealed record RepositoryDetail : RepositorySummary
{
    /// <summary>Number of targets (tags and digests) of each targets role; where there are hash bins, of targets alone.</summary>
    public required IReadOnlyDictionary<string, int> Targets { get; init; }

    /// <summary>Number of targets of all roles together; null where there are hash bins, whose content is not counted.</summary>
    public int? TargetCount { get; init; }

    /// <summary>Number of hash bins to which targets delegates; null if it does not. Neither they nor what they delegate to are among the roles.</summary>
    public long? Bins { get; init; }

    /// <summary>True if no root lists this server's key for timestamp: the repository was taken over as it was, and nothing is signed here.</summary>
    public required bool IsReadOnly { get; init; }

    /// <summary>When clients begin to refuse what nobody signed anew (UTC); null if this server signs.</summary>
    public DateTimeOffset? ServedUntil { get; init; }

    /// <summary>Describes a repository.</summary>
    /// <param name="record">The repository.</param>
    /// <param name="listing">Its targets roles.</param>
    /// <param name="isReadOnly">True if this server has no key to sign timestamp with.</param>
    public static RepositoryDetail Of(RepositoryRecord record, TargetsListing listing, bool isReadOnly)
    {
        var roles = RolesOf(record);
        foreach (var (role, state) in listing.Roles)
            roles[role] = state;
        return new RepositoryDetail
        {
            Name = record.Name.Value,
            Format = record.Format,
            CreatedAt = record.CreatedAt,
            UpdatedAt = record.UpdatedAt,
            Roles = roles,
            Targets = listing.Targets,
            TargetCount = listing.Bins is null ? listing.Targets.Values.Sum() : null,
            Bins = listing.Bins,
            IsReadOnly = isReadOnly,
            ServedUntil = isReadOnly ? new[] { record.Root, record.Targets, record.Snapshot, record.Timestamp }.Min(head => head.Expires) : null,
        };
    }
}
