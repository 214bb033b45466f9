namespace TrustService.Server.Stores;

/// <summary>One entry of the change feed.</summary>
internal sealed record ChangeRecord
{
    /// <summary>Position in the feed. Positions grow; a reader that goes on after one misses nothing.</summary>
    public required long Id { get; init; }

    /// <summary>When it happened (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Full name of the repository.</summary>
    public required string Repository { get; init; }

    /// <summary>Name of the format in which the repository is or was published.</summary>
    public required string Format { get; init; }

    /// <summary>What happened.</summary>
    public required ChangeKind Kind { get; init; }

    /// <summary>Who did it, or null if nobody was authenticated.</summary>
    public string? Actor { get; init; }

    /// <summary>Version of the timestamp that came of it; null for a deletion.</summary>
    public long? TimestampVersion { get; init; }

    /// <summary>SHA-256 of that timestamp, 64 lower-case hexadecimal digits; null for a deletion.</summary>
    public string? TimestampSha256 { get; init; }

    /// <summary>What changed, as a JSON object.</summary>
    public required string Summary { get; init; }
}
