using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService;

/// <summary>A role as it is after signing.</summary>
/// <param name="Role">The role.</param>
/// <param name="Version">Its version.</param>
/// <param name="Expires">Its expiry, UTC.</param>
/// <param name="SigningKeys">The keys that signed it.</param>
public sealed record SignedRole(RoleName Role, long Version, DateTimeOffset Expires, ImmutableArray<KeyId> SigningKeys);
