using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>What the operator of a server sets for every repository.</summary>
public sealed record PublishRules
{
    /// <summary>How long a new timestamp is valid.</summary>
    public required TimeSpan TimestampLifetime { get; init; }

    /// <summary>How long a new snapshot is valid, without the time in which clients of its format warn of it.</summary>
    public required TimeSpan SnapshotLifetime { get; init; }

    /// <summary>Limits for uploaded files.</summary>
    public WriteLimits Limits { get; init; } = WriteLimits.Default;

    /// <summary>Roles of one repository, top-level ones and hash bins included. A bin stays listed for ever, but the names of all shapes together are few.</summary>
    public int MaxRoles { get; init; } = 4500;

    /// <summary>Keys in a safe that every new root must list for snapshot and timestamp beside the server's own.</summary>
    public ImmutableArray<PublicKey> StandbyKeys { get; init; } = [];

    /// <summary>What a client reads at the most; what it would not read must not be published.</summary>
    public VerificationLimits ClientLimits { get; init; } = VerificationLimits.Default;
}
