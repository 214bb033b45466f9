namespace TrustService.Formats;

/// <summary>What a delegated role that cannot be had or verified does to a search.</summary>
public enum UnverifiableRole
{
    /// <summary>The search ends with the refusal. Source: TUF 1.0.34 §5.6.7.</summary>
    EndsSearch,

    /// <summary>A role with too few signatures, an expired one and one without a file are left out, and the search goes on.</summary>
    IsSkipped,
}
