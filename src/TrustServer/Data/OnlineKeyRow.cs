namespace TrustService.Server.Data;

/// <summary>A row of <c>online_keys</c>.</summary>
internal sealed class OnlineKeyRow
{
    public long Id { get; init; }
    public required string Repository { get; init; }
    public required string Role { get; init; }
    public required string Fingerprint { get; init; }
    public required string Scheme { get; init; }
    public required byte[] Material { get; init; }
    public required byte[] SealedPrivate { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string State { get; init; }
}
