using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>The version of a role that its owner calls the last honest one.</summary>
/// <param name="Content">What it says.</param>
/// <param name="Highest">The highest version that was read and that the role's keys signed: the next one follows it.</param>
/// <param name="PublishedAt">When the server says that it was published, or null.</param>
internal sealed record HonestVersion(Targets Content, long Highest, DateTimeOffset? PublishedAt)
{
    /// <summary>The content as that which the next version follows.</summary>
    public Targets Base => Content with { Version = Highest };
}
