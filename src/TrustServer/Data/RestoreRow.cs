namespace TrustService.Server.Data;

/// <summary>A row of <c>restores</c>.</summary>
internal sealed class RestoreRow
{
    public long Id { get; init; }
    public long KeptUntil { get; init; }
    public long LostUntil { get; init; }
    public DateTimeOffset FoundAt { get; init; }
    public DateTimeOffset? BumpedAt { get; init; }
}
