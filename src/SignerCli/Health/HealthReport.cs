using System.Collections.Immutable;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Health;

/// <summary>What was found out about one repository.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Roles">Its roles, as far as they can be read.</param>
/// <param name="Findings">What somebody should know, the worst first.</param>
internal sealed record HealthReport(RepositoryName Repository, ImmutableArray<RoleExpiry> Roles, ImmutableArray<HealthFinding> Findings)
{
    /// <summary>False if not all of its roles could be read.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>How a run ends that fails for findings from a severity on.</summary>
    public Outcome OutcomeFrom(Severity severity) => Outcomes.Worst(Findings.Where(finding => finding.Severity >= severity).Select(finding => finding.Outcome));
}
