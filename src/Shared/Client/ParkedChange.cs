using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Client;

/// <summary>A change that waits for signatures on a trust server. What the server says of it is a hint; the file itself is what is judged.</summary>
/// <param name="Role">The role that changes.</param>
/// <param name="Version">The version that it is to become.</param>
/// <param name="Change">What tells it from other changes, whoever signed: 64 lower-case hex digits.</param>
/// <param name="SignedBy">Keys that have signed, as the server says.</param>
/// <param name="Expires">When it expires, UTC.</param>
/// <param name="ParkedAt">When it was parked, UTC.</param>
public sealed record ParkedChange(RoleName Role, long Version, string Change, ImmutableArray<KeyId> SignedBy, DateTimeOffset Expires, DateTimeOffset ParkedAt);
