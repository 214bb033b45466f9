namespace TrustService.Publishing;

/// <summary>The versions that the next snapshot and timestamp follow, where these are not the published ones.</summary>
/// <param name="Snapshot">The next snapshot has the version after it.</param>
/// <param name="Timestamp">The next timestamp has the version after it.</param>
public sealed record OnlineVersions(long Snapshot, long Timestamp)
{
    /// <summary>
    /// Versions above it come from no honest server: one publish in every second of a century does not reach it. They are given
    /// up as soon as a new root takes the keys away that signed them.
    /// </summary>
    public const long MaxPlausible = uint.MaxValue;
}
