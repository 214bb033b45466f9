using TrustService.Editing;
using TrustService.Formats;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>Tells what others signed and is now signed with a key that is here: what a thief put there would become the work of whoever signs it.</summary>
internal static class SignedAnew
{
    /// <summary>All that the roles hold, a line for each thing; none if they hold nothing.</summary>
    public static IReadOnlyList<string> Lines(OwnerUpdate update, IMetadataFormat format)
    {
        var lines = new List<string>();
        foreach (var (role, next) in update.Content)
        {
            // That there are hash bins is told with root, and what they hold is told bin by bin.
            var content = next.Delegations is { Roles: [] } ? next with { Delegations = null } : next;
            var diff = TargetsDiff.Between(null, content);
            if (diff.IsEmpty && diff.TellsAllOf(format, MetadataSigner.Unsigned(format, content)))
                continue;
            lines.Add($"{role} {next.Version}");
            lines.AddRange(PendingText.Changes(diff, format.Rules).Select(line => "  " + line));
            if (!diff.TellsAllOf(format, MetadataSigner.Unsigned(format, content)))
                lines.Add("  !! and something that this program does not know, as it is");
        }
        return lines;
    }
}
