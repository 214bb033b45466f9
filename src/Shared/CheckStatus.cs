namespace TrustService;

/// <summary>How a check ended.</summary>
public enum CheckStatus
{
    /// <summary>It holds.</summary>
    Pass,

    /// <summary>It does not hold.</summary>
    Fail,

    /// <summary>It was not made, because the caller left it out or the reference makes it needless.</summary>
    Skipped,
}
