using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>What to change in a targets role; it can be applied again to a newer version.</summary>
public sealed record TargetsChange
{
    /// <summary>Targets to add or replace, by path.</summary>
    public ImmutableSortedDictionary<string, TargetFile> Set { get; init; } = ImmutableSortedDictionary.Create<string, TargetFile>(StringComparer.Ordinal);

    /// <summary>Paths of targets to remove; an absent one is no error.</summary>
    public ImmutableSortedSet<string> Remove { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>What to change in the delegations, or null; it is for the top-level targets alone.</summary>
    public DelegationChange? Delegations { get; init; }

    /// <summary>True if applying it to <paramref name="current"/> would change nothing.</summary>
    public bool IsNoChangeTo(Targets current) =>
        Delegations?.IsNoChangeTo(current) != false
        && !Remove.Any(current.TargetFiles.ContainsKey)
        && Set.All(entry => current.TargetFiles.TryGetValue(entry.Key, out var target) && IsSame(target, entry.Value));

    internal static bool IsSame(TargetFile a, TargetFile b) =>
        a.Length == b.Length && a.Hashes.ContentEquals(b.Hashes) && a.Custom?.GetRawText() == b.Custom?.GetRawText();
}
