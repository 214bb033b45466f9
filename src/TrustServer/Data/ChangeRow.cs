namespace TrustService.Server.Data;

/// <summary>A row of <c>changes</c>.</summary>
internal sealed class ChangeRow
{
    public long Id { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Repository { get; init; }
    public required string Kind { get; init; }
    public string? Actor { get; init; }
    public long? TimestampVersion { get; init; }
    public string? TimestampSha256 { get; init; }
    public required string Summary { get; init; }
    public required string Format { get; init; }
}
