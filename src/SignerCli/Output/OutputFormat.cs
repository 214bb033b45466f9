namespace TrustService.Cli.Output;

/// <summary>The form of results on standard output.</summary>
internal enum OutputFormat
{
    /// <summary>Lines for people and pipelines.</summary>
    Text,

    /// <summary>One JSON document.</summary>
    Json,
}
