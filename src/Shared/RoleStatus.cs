using TrustService.Metadata;

namespace TrustService;

/// <summary>The version and expiry of a role that a verification used.</summary>
/// <param name="Role">The role.</param>
/// <param name="Version">Its version.</param>
/// <param name="Expires">Its expiry, UTC.</param>
public sealed record RoleStatus(RoleName Role, long Version, DateTimeOffset Expires);
