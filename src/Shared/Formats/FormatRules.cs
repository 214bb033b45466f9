using TrustService.Metadata;

namespace TrustService.Formats;

/// <summary>Where the rules of the formats differ; the verifying chain is the same for all.</summary>
public sealed record FormatRules
{
    /// <summary>True if timestamp and snapshot name the version of what they list (TUF); false if only hashes (Notary).</summary>
    public required bool ParentsNameVersions { get; init; }

    /// <summary>What a delegated role that cannot be had or verified does to a search.</summary>
    public required UnverifiableRole UnverifiableRole { get; init; }

    /// <summary>True if <c>pattern</c> lets a delegated role speak for <c>targetPath</c>.</summary>
    public required Func<string, string, bool> PathMatches { get; init; }

    /// <summary>The file's name on a server and in its URL: <c>3.snapshot.json</c>. Version null asks for the current one.</summary>
    public required Func<RoleName, long?, string> FileName { get; init; }

    /// <summary>Checks a role name against what may be written in this format.</summary>
    public required Func<RoleName, bool> MayWriteRoleName { get; init; }

    /// <summary>Checks a path pattern of a delegation against what may be written in this format.</summary>
    public required Func<string, bool> MayWritePathPattern { get; init; }
}
