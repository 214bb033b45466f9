using System.Collections.Immutable;
using TrustService.Metadata;
using TrustService.Publishing;

namespace TrustService.Cli.Commands;

/// <summary>The versions of a role that are told of, by the server or by this machine. Nothing is trusted by this.</summary>
/// <param name="Role">Targets or a delegated role.</param>
/// <param name="Plausible">The versions that an honest publisher may have reached, the newest first.</param>
/// <param name="PublishedAt">When the server says that a version was published, as far as it does.</param>
internal sealed record RoleHistory(RoleName Role, ImmutableArray<long> Plausible, IReadOnlyDictionary<long, DateTimeOffset> PublishedAt)
{
    // What follows the highest version must stay plausible, however often it is signed anew.
    private const long Room = 1L << 24;

    /// <summary>True if a version may be an honest one, and far enough from what is not that others can follow it.</summary>
    public static bool IsPlausible(long version) => version is > 0 and < OnlineVersions.MaxPlausible - Room;

    /// <summary>True if the server says that a version was published before that time.</summary>
    public bool IsBefore(long version, DateTimeOffset time) => PublishedAt.TryGetValue(version, out var at) && at < time;

    /// <summary>True if nothing was published after that time, and so little at it that no order of versions is left open.</summary>
    public bool IsUnchangedSince(DateTimeOffset time) =>
        Plausible is [var newest, ..] && PublishedAt.TryGetValue(newest, out var at) && at <= time && PublishedAt.Values.Count(other => other >= at) == 1;

    /// <summary>When a version was published, as people read it after its number; empty if that is unknown.</summary>
    public string Describe(long version) => PublishedAt.TryGetValue(version, out var at) ? $", published {at:u}" : "";
}
