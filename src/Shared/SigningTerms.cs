namespace TrustService;

/// <summary>How a change is to be signed.</summary>
/// <param name="Lifetime">How long the new versions are valid.</param>
public sealed record SigningTerms(TimeSpan Lifetime)
{
    /// <summary>True if a role may be signed by fewer keys than it needs; it is not published then, but handed back for others to sign.</summary>
    public bool MayBePartial { get; init; }
}
