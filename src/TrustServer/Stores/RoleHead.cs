namespace TrustService.Server.Stores;

/// <summary>The current file of a role, by version and expiry.</summary>
/// <param name="Version">Version of the file.</param>
/// <param name="Expires">When it expires (UTC).</param>
internal readonly record struct RoleHead(long Version, DateTimeOffset Expires);
