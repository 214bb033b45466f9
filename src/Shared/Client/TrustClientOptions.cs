using TrustService.Verification;

namespace TrustService.Client;

/// <summary>How a client updates.</summary>
public sealed record TrustClientOptions
{
    /// <summary>What is read and followed at the most.</summary>
    public VerificationLimits Limits { get; init; } = VerificationLimits.Default;

    /// <summary>Refuses, by throwing, a root that the chain accepts; null: the chain alone decides.</summary>
    public Action<TrustedRoot>? RequireRoot { get; init; }

    /// <summary>False to let expired metadata pass, for its owner who is about to renew it. Default: true.</summary>
    public bool ChecksExpiry { get; init; } = true;

    /// <summary>How much earlier than in a former run the clock may be. Default: 5 minutes; null: it is not looked at.</summary>
    public TimeSpan? ClockTolerance { get; init; } = TimeSpan.FromMinutes(5);
}
