using TrustService.Errors;

namespace TrustService.Cli.Output;

/// <summary>The words and the order of outcomes.</summary>
internal static class Outcomes
{
    // What is certain and dangerous comes first; "nothing was decided" comes last, so that it never hides a refusal.
    private static readonly Outcome[] WorstFirst =
        [Outcome.Untrusted, Outcome.DigestMismatch, Outcome.Stale, Outcome.Unsigned, Outcome.Failure, Outcome.Usage, Outcome.Unreachable, Outcome.Verified];

    /// <summary>The outcome by which a run with several results ends.</summary>
    public static Outcome Worst(IEnumerable<Outcome> outcomes) =>
        outcomes.DefaultIfEmpty(Outcome.Verified).MinBy(outcome => Array.IndexOf(WorstFirst, outcome));

    /// <summary>The name in JSON.</summary>
    public static string Name(Outcome outcome) => outcome switch
    {
        Outcome.Verified => "verified",
        Outcome.Usage => "usage",
        Outcome.Unsigned => "unsigned",
        Outcome.Untrusted => "untrusted",
        Outcome.Stale => "stale",
        Outcome.DigestMismatch => "digest-mismatch",
        Outcome.Unreachable => "unreachable",
        _ => "failure",
    };

    /// <summary>The word on a terminal.</summary>
    public static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Failure => "failed",
        Outcome.DigestMismatch => "digest mismatch",
        _ => Name(outcome),
    };
}
