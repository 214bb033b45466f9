using TrustService.Server.Stores;

namespace TrustService.Server.Contracts;

/// <summary>One repository in a list.</summary>
internal record RepositorySummary
{
    /// <summary>Full name.</summary>
    public required string Name { get; init; }

    /// <summary>Format of its metadata: <c>tuf</c> or <c>notary</c>.</summary>
    public required string Format { get; init; }

    /// <summary>When it was published first (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was published last (UTC).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Version and expiry of root, targets, snapshot and timestamp.</summary>
    public required IReadOnlyDictionary<string, RoleState> Roles { get; init; }

    /// <summary>The list's line for a repository.</summary>
    public static RepositorySummary Of(RepositoryRecord record) => new()
    {
        Name = record.Name.Value,
        Format = record.Format,
        CreatedAt = record.CreatedAt,
        UpdatedAt = record.UpdatedAt,
        Roles = RolesOf(record),
    };

    /// <summary>State of the top-level roles.</summary>
    protected static Dictionary<string, RoleState> RolesOf(RepositoryRecord record) => new(StringComparer.Ordinal)
    {
        ["root"] = RoleState.Of(record.Root),
        ["targets"] = RoleState.Of(record.Targets),
        ["snapshot"] = RoleState.Of(record.Snapshot),
        ["timestamp"] = RoleState.Of(record.Timestamp),
    };
}
