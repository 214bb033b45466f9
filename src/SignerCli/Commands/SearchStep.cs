using System.Collections.Immutable;

namespace TrustService.Cli.Commands;

/// <summary>One role that a search for an image asked or passed by, and why.</summary>
/// <param name="Role">The role.</param>
/// <param name="Delegator">The role that delegates to it; null for the top-level targets.</param>
/// <param name="Verdict">For programs: <c>found</c>, <c>not-listed</c>, <c>other-paths</c>, <c>refused</c>, <c>not-published</c> or <c>not-asked</c>.</param>
/// <param name="Text">Why, for people.</param>
internal sealed record SearchStep(string Role, string? Delegator, string Verdict, string Text)
{
    /// <summary>The paths that it may speak for, as people write them; empty if paths do not bind it.</summary>
    public ImmutableArray<string> Paths { get; init; } = [];

    /// <summary>Its file, if that was accepted.</summary>
    public ExplainedFile? File { get; init; }
}
