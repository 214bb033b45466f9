using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Importing;

/// <summary>One thing that was to be moved, and what became of it.</summary>
/// <param name="Kind">What it is, in one word: <c>key</c>, <c>root</c>, <c>target</c>, <c>role</c>, <c>file</c>.</param>
/// <param name="Name">Which one.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Why">The reason, or where it is now.</param>
internal sealed record ReportLine(string Kind, string Name, Fate Fate, string Why)
{
    /// <summary>The repository that it belongs to, or null.</summary>
    public RepositoryName? Repository { get; init; }

    /// <summary>The refusal, if it should have been moved and could not be; null if all is as it should be.</summary>
    public TrustException? Error { get; init; }

    /// <summary>A thing that should have been moved and could not be.</summary>
    public static ReportLine Refused(string kind, string name, TrustException error) => new(kind, name, Fate.Dropped, error.Message) { Error = error };
}
