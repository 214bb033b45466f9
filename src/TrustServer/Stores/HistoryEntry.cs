using TrustService.Metadata;

namespace TrustService.Server.Stores;

/// <summary>One published file without its bytes.</summary>
internal sealed record HistoryEntry
{
    /// <summary>Role that the file belongs to.</summary>
    public required RoleName Role { get; init; }

    /// <summary>Version inside the file.</summary>
    public required long Version { get; init; }

    /// <summary>SHA-256 of the file, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes in the file.</summary>
    public required int Length { get; init; }

    /// <summary>When the metadata expires (UTC).</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>When it was published (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where the next page begins, if this is the last entry of one.</summary>
    public HistoryPosition Position => new(CreatedAt, Version, Role.Value);
}
