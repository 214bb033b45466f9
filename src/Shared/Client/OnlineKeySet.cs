using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Client;

/// <summary>The keys that a root has to list for a role which the server signs.</summary>
/// <param name="Active">The key that the server signs with.</param>
/// <param name="Standby">Keys that the operator keeps in a safe, to take over at once.</param>
public sealed record OnlineKeySet(PublicKey Active, ImmutableArray<PublicKey> Standby)
{
    /// <summary>All of them, the active one first.</summary>
    public ImmutableArray<PublicKey> All => [Active, .. Standby];
}
