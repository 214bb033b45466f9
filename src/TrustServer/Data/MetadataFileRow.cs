namespace TrustService.Server.Data;

/// <summary>A row of <c>metadata_files</c>; never updated.</summary>
internal sealed class MetadataFileRow
{
    public long RepositoryId { get; init; }
    public required string Role { get; init; }
    public long Version { get; init; }
    public required string Sha256 { get; init; }
    public int Length { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public required byte[] Data { get; init; }
}
