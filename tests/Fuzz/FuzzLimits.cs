namespace TrustService.Fuzz;

/// <summary>What reading one input may cost. More is a finding, as an exception without a code is.</summary>
internal static class FuzzLimits
{
    /// <summary>Time for one input. A key file may ask for five million rounds of PBKDF2, which take seconds on a busy machine.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Bytes that reading one input may allocate in all, nearly all of it garbage at once. What is alive at one time is bounded by the limit of the heap.
    /// </summary>
    public const long MaxAllocatedBytes = 256L * 1024 * 1024;
}
