using TrustService.Server.Stores;

namespace TrustService.Server.Contracts;

/// <summary>One published file.</summary>
internal sealed record HistoryItem
{
    /// <summary>Its role.</summary>
    public required string Role { get; init; }

    /// <summary>Its version.</summary>
    public required long Version { get; init; }

    /// <summary>SHA-256 of the file, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes in the file.</summary>
    public required int Length { get; init; }

    /// <summary>When it expires (UTC).</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>When it was published (UTC).</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The item for an entry of the store.</summary>
    public static HistoryItem Of(HistoryEntry entry) => new()
    {
        Role = entry.Role.Value,
        Version = entry.Version,
        Sha256 = entry.Sha256,
        Length = entry.Length,
        Expires = entry.Expires,
        PublishedAt = entry.CreatedAt,
    };
}
