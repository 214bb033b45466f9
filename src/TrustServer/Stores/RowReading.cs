using System.Data.Common;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Data;

namespace TrustService.Server.Stores;

/// <summary>Turns rows into records.</summary>
internal static class RowReading
{
    /// <summary>Columns of <see cref="ReadRepository"/>.</summary>
    public const string RepositoryColumns =
        "id, name, format, created_at, updated_at, root_version, root_expires, timestamp_version, timestamp_expires, snapshot_version, snapshot_expires, targets_version, targets_expires, owed_versions";

    /// <summary>Columns of <see cref="ReadFile"/>.</summary>
    public const string FileColumns = "repository_id, role, version, sha256, expires_at, created_at, data";

    /// <summary>A repository from the current row.</summary>
    public static RepositoryRecord ReadRepository(DbDataReader row, SqlDialect dialect) => new()
    {
        Id = row.GetInt64(0),
        Name = RepositoryName.ParseExact(row.GetString(1)),
        Format = row.GetString(2),
        CreatedAt = dialect.ReadTime(row, 3),
        UpdatedAt = dialect.ReadTime(row, 4),
        Root = new RoleHead(row.GetInt64(5), dialect.ReadTime(row, 6)),
        Timestamp = new RoleHead(row.GetInt64(7), dialect.ReadTime(row, 8)),
        Snapshot = new RoleHead(row.GetInt64(9), dialect.ReadTime(row, 10)),
        Targets = new RoleHead(row.GetInt64(11), dialect.ReadTime(row, 12)),
        OwedVersions = row.GetInt64(13),
    };

    /// <summary>A file from the current row.</summary>
    public static StoredFile ReadFile(DbDataReader row, SqlDialect dialect) => new()
    {
        RepositoryId = row.GetInt64(0),
        Role = RoleName.Parse(row.GetString(1)),
        Version = row.GetInt64(2),
        Sha256 = row.GetString(3),
        Expires = dialect.ReadTime(row, 4),
        CreatedAt = dialect.ReadTime(row, 5),
        Data = row.GetFieldValue<byte[]>(6),
    };

    /// <summary>A repository from a mapped row.</summary>
    public static RepositoryRecord ToRecord(this RepositoryRow row) => new()
    {
        Id = row.Id,
        Name = RepositoryName.ParseExact(row.Name),
        Format = row.Format,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        Root = new RoleHead(row.RootVersion, row.RootExpires),
        Timestamp = new RoleHead(row.TimestampVersion, row.TimestampExpires),
        Snapshot = new RoleHead(row.SnapshotVersion, row.SnapshotExpires),
        Targets = new RoleHead(row.TargetsVersion, row.TargetsExpires),
        OwedVersions = row.OwedVersions,
    };

    /// <summary>A file from a mapped row.</summary>
    public static StoredFile ToRecord(this MetadataFileRow row) => new()
    {
        RepositoryId = row.RepositoryId,
        Role = RoleName.Parse(row.Role),
        Version = row.Version,
        Sha256 = row.Sha256,
        Expires = row.ExpiresAt,
        CreatedAt = row.CreatedAt,
        Data = row.Data,
    };
}
