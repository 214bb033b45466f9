using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>Who signed a file, and who could have.</summary>
/// <param name="Threshold">How many different keys must sign.</param>
/// <param name="Signed">Keys of the role with a valid signature; one physical key once.</param>
/// <param name="Missing">Keys of the role without one.</param>
public sealed record ThresholdResult(int Threshold, ImmutableArray<KeyId> Signed, ImmutableArray<KeyId> Missing)
{
    /// <summary>True if enough keys signed.</summary>
    public bool IsMet => Signed.Length >= Threshold;
}
