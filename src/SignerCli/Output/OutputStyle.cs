namespace TrustService.Cli.Output;

/// <summary>How a run shows things.</summary>
internal sealed record OutputStyle
{
    /// <summary>The form of results.</summary>
    public OutputFormat Format { get; init; }

    /// <summary>True to show results, warnings and refusals only.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>True to show the steps, and where errors come from.</summary>
    public bool IsVerbose { get; init; }

    /// <summary>True if messages may have colours.</summary>
    public bool HasColour { get; init; }

    /// <summary>True if results go to a pipe or file, where nothing may be shortened.</summary>
    public bool IsWide { get; init; }

    /// <summary>True if a line of progress can be shown and taken back.</summary>
    public bool ShowsProgress { get; init; }
}
