using TrustService.Server.Stores;

namespace TrustService.Server.Contracts;

/// <summary>One file that waits for signatures.</summary>
internal sealed record PendingItem
{
    /// <summary>Its role.</summary>
    public required string Role { get; init; }

    /// <summary>The version inside it.</summary>
    public required long Version { get; init; }

    /// <summary>What tells it from other changes, whoever signed: 64 lower-case hexadecimal digits.</summary>
    public required string Change { get; init; }

    /// <summary>Ids of the keys that have signed.</summary>
    public required IReadOnlyList<string> SignedBy { get; init; }

    /// <summary>When it expires (UTC).</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>When it was parked (UTC).</summary>
    public required DateTimeOffset ParkedAt { get; init; }

    /// <summary>When the last signature came (UTC).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Bytes in the file.</summary>
    public required int Length { get; init; }

    /// <summary>The item for a file of the store.</summary>
    public static PendingItem Of(ParkedFile file) => new()
    {
        Role = file.Role.Value,
        Version = file.Version,
        Change = file.Change,
        SignedBy = [.. file.SignedBy.Select(id => id.Value)],
        Expires = file.Expires,
        ParkedAt = file.ParkedAt,
        UpdatedAt = file.UpdatedAt,
        Length = file.Length,
    };
}
