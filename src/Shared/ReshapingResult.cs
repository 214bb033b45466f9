namespace TrustService;

/// <summary>What became of moving a repository to another shape.</summary>
/// <param name="Targets">The targets that were moved.</param>
/// <param name="FormerBins">The number of hash bins before, or 0.</param>
/// <param name="Bins">The number of hash bins now, or 0.</param>
/// <param name="Version">The version of targets now.</param>
/// <param name="Expires">When targets and all bins expire, UTC.</param>
/// <param name="Bytes">The bytes of all files that were published.</param>
public sealed record ReshapingResult(int Targets, int FormerBins, int Bins, long Version, DateTimeOffset Expires, long Bytes);
