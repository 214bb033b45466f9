using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Server.Stores;

namespace TrustService.Server.Contracts;

/// <summary>One repository with all its roles.</summary>
internal sealed record RepositoryDetail : RepositorySummary
{
    /// <summary>Targets (tags and digests) of each targets role.</summary>
    public required IReadOnlyDictionary<string, int> Targets { get; init; }

    /// <summary>Targets of all roles together.</summary>
    public required int TargetCount { get; init; }

    /// <summary>True if no root lists this server's key for timestamp: the repository was taken over as it was, and nothing is signed here.</summary>
    public required bool IsReadOnly { get; init; }

    /// <summary>When clients begin to refuse what nobody signed anew (UTC); null if this server signs.</summary>
    public DateTimeOffset? ServedUntil { get; init; }

    /// <summary>Describes a repository from its current files; what snapshot does not list is not reachable and left out.</summary>
    /// <param name="set">The files.</param>
    /// <param name="isReadOnly">True if this server has no key to sign timestamp with.</param>
    public static RepositoryDetail Of(CurrentSet set, bool isReadOnly)
    {
        var record = set.Repository;
        var format = MetadataFormats.Find(record.Format);
        var roles = RolesOf(record);
        var targets = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var listed = format.Read<Snapshot>(set.Snapshot.Data, int.MaxValue).Signed.Meta;
        foreach (var file in set.Files.Values.Where(file => file.Role != RoleName.Root && listed.ContainsKey(file.Role)))
        {
            roles[file.Role.Value] = new RoleState(file.Version, file.Expires);
            targets[file.Role.Value] = format.Read<Targets>(file.Data, int.MaxValue).Signed.TargetFiles.Count;
        }
        return new RepositoryDetail
        {
            Name = record.Name.Value,
            Format = record.Format,
            CreatedAt = record.CreatedAt,
            UpdatedAt = record.UpdatedAt,
            Roles = roles,
            Targets = targets,
            TargetCount = targets.Values.Sum(),
            IsReadOnly = isReadOnly,
            ServedUntil = isReadOnly ? new[] { record.Root, record.Targets, record.Snapshot, record.Timestamp }.Min(head => head.Expires) : null,
        };
    }
}
