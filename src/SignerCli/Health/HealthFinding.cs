using TrustService.Errors;

namespace TrustService.Cli.Health;

/// <summary>Something about a repository that somebody should know or do.</summary>
/// <param name="Code">What it is, for programs: <c>expired</c>, <c>no-backup</c>, …</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Outcome">How a run ends that is to fail because of it.</param>
/// <param name="Text">In a sentence.</param>
internal sealed record HealthFinding(string Code, Severity Severity, Outcome Outcome, string Text)
{
    /// <summary>The role that it is about, or null.</summary>
    public string? Role { get; init; }

    /// <summary>Who acts, and how; or null.</summary>
    public string? Advice { get; init; }

    /// <summary>A refusal that keeps the repository, or a part of it, from being looked at.</summary>
    public static HealthFinding Of(string code, TrustException error) => new(code, Severity.Critical, error.Info.Outcome, error.Message) { Role = error.Role, Advice = error.Hint };
}
