using System.Collections.Immutable;

namespace TrustService.Ceremony;

/// <summary>How far the signatures of one list of keys are.</summary>
/// <param name="Place">Whose list it is: <c>root 3</c>.</param>
/// <param name="Threshold">How many different keys must sign.</param>
/// <param name="Signed">Who has signed; one physical key counts once.</param>
/// <param name="Missing">Who has not.</param>
public sealed record SigningProgress(string Place, int Threshold, ImmutableArray<KeyHolder> Signed, ImmutableArray<KeyHolder> Missing)
{
    /// <summary>How many signatures are still needed.</summary>
    public int Lacking => Math.Max(0, Threshold - Signed.Length);

    /// <summary>True if no more are needed.</summary>
    public bool IsMet => Lacking == 0;
}
