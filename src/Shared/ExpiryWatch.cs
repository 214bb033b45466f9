using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService;

/// <summary>Tells which roles come near their end, so that somebody can act in time.</summary>
public static class ExpiryWatch
{
    /// <summary>The longest time before its end at which an honest server has still not renewed a snapshot.</summary>
    private static readonly TimeSpan SnapshotWindow = TimeSpan.FromDays(7);

    /// <summary>The roles that end within a window; of those that servers renew by themselves, the ones that should have been renewed before now.</summary>
    /// <param name="roles">The roles.</param>
    /// <param name="signedAt">When timestamp was signed (UTC), where the server says so.</param>
    /// <param name="referenceTime">The time of the check, UTC.</param>
    /// <param name="window">How long before its end a role that people renew counts.</param>
    public static ImmutableArray<RoleStatus> Near(ImmutableArray<RoleStatus> roles, DateTimeOffset? signedAt, DateTimeOffset referenceTime, TimeSpan window) =>
        [.. roles.Where(role => role.Role == RoleName.Timestamp ? IsTimestampOverdue(signedAt, role.Expires, referenceTime)
            : role.Role == RoleName.Snapshot ? IsSnapshotOverdue(role.Expires, referenceTime)
            : role.Expires - referenceTime <= window)];

    /// <summary>True if half of the life of a timestamp is over: servers renew far earlier. Where it does not say when it was signed, only its end tells.</summary>
    public static bool IsTimestampOverdue(DateTimeOffset? signedAt, DateTimeOffset expires, DateTimeOffset referenceTime) =>
        signedAt is { } signed && referenceTime > signed + ((expires - signed) / 2);

    /// <summary>True if a snapshot that the server signs comes near its end.</summary>
    public static bool IsSnapshotOverdue(DateTimeOffset expires, DateTimeOffset referenceTime) => expires - referenceTime <= SnapshotWindow;
}
