namespace TrustService.Editing;

/// <summary>What may be published at the most. Reading is more liberal than writing.</summary>
public sealed record WriteLimits
{
    /// <summary>The defaults.</summary>
    public static readonly WriteLimits Default = new();

    /// <summary>How far a version may be ahead of the published one. Default: 1000. A thief's 2^53 would end all versions.</summary>
    public long MaxVersionJump { get; init; } = 1000;

    /// <summary>How far an expiry may lie ahead. Default: 3660 days, ten years; what a trust server does not take, nobody should be asked to sign.</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromDays(3660);

    /// <summary>Targets of one role. Default: 100 000.</summary>
    public int MaxTargets { get; init; } = 100_000;

    /// <summary>Roles that one file delegates to. Default: 1024.</summary>
    public int MaxDelegatedRoles { get; init; } = 1024;

    /// <summary>Keys of one file. Default: 256.</summary>
    public int MaxKeys { get; init; } = 256;
}
