using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>Keys to take away from one delegated role; the role stays.</summary>
/// <param name="Role">The role; one that is not there is no error.</param>
/// <param name="Fingerprints">The keys, by <see cref="PublicKey.Fingerprint"/>.</param>
public sealed record DelegationWithdrawal(RoleName Role, ImmutableSortedSet<string> Fingerprints)
{
    /// <summary>How many keys must sign from now on; null keeps what is asked for.</summary>
    public int? Threshold { get; init; }
}
