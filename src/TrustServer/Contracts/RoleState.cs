using TrustService.Server.Stores;

namespace TrustService.Server.Contracts;

/// <summary>The current file of a role.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Expires">When it expires (UTC).</param>
internal sealed record RoleState(long Version, DateTimeOffset Expires)
{
    /// <summary>State of a top-level role.</summary>
    public static RoleState Of(RoleHead head) => new(head.Version, head.Expires);
}
