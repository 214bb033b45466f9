namespace TrustService.Server.Data;

/// <summary>A row of <c>repositories</c>.</summary>
internal sealed class RepositoryRow
{
    public long Id { get; init; }
    public required string Name { get; init; }
    public required string Format { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public long RootVersion { get; init; }
    public long TimestampVersion { get; init; }
    public long SnapshotVersion { get; init; }
    public long TargetsVersion { get; init; }
    public DateTimeOffset RootExpires { get; init; }
    public DateTimeOffset TimestampExpires { get; init; }
    public DateTimeOffset SnapshotExpires { get; init; }
    public DateTimeOffset TargetsExpires { get; init; }
    public long OwedVersions { get; init; }
}
