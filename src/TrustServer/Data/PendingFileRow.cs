namespace TrustService.Server.Data;

/// <summary>A row of <c>pending_files</c>.</summary>
internal sealed class PendingFileRow
{
    public required string Repository { get; init; }
    public required string Role { get; init; }
    public long Version { get; init; }
    public required string ChangeId { get; init; }
    public required string SignedBy { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset ParkedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public required byte[] Data { get; init; }
}
