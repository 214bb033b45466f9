using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Server.Stores;

/// <summary>A file that waits for signatures, as the store lists it.</summary>
internal sealed record ParkedFile
{
    /// <summary>Its role.</summary>
    public required RoleName Role { get; init; }

    /// <summary>The version inside it.</summary>
    public required long Version { get; init; }

    /// <summary>What tells it from other changes: 64 lower-case hexadecimal digits.</summary>
    public required string Change { get; init; }

    /// <summary>Keys that have signed.</summary>
    public required ImmutableArray<KeyId> SignedBy { get; init; }

    /// <summary>When the metadata expires (UTC).</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>When this change was parked first (UTC).</summary>
    public required DateTimeOffset ParkedAt { get; init; }

    /// <summary>When the last signature came (UTC).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Bytes in the file.</summary>
    public required int Length { get; init; }
}
