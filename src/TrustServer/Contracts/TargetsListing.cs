using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Server.Stores;

namespace TrustService.Server.Contracts;

/// <summary>What the targets roles of a repository are, at one moment.</summary>
/// <param name="Roles">Version and expiry of each delegated role; none where there are hash bins.</param>
/// <param name="Targets">Number of targets of each role; where there are hash bins, of targets alone.</param>
/// <param name="Bins">Number of hash bins, or null if there are none.</param>
internal sealed record TargetsListing(IReadOnlyDictionary<string, RoleState> Roles, IReadOnlyDictionary<string, int> Targets, long? Bins)
{
    /// <summary>The roles of a repository; what snapshot does not list is not reachable and left out.</summary>
    public static TargetsListing Of(CurrentSet set)
    {
        var format = MetadataFormats.Find(set.Repository.Format);
        var top = format.Read<Targets>(set.Targets.Data, int.MaxValue).Signed;
        if (top.Delegations?.Succinct is not null)
            return OfBins(top);
        var (roles, targets) = (new Dictionary<string, RoleState>(StringComparer.Ordinal), new SortedDictionary<string, int>(StringComparer.Ordinal) { [RoleName.Targets.Value] = top.TargetFiles.Count });
        var listed = format.Read<Snapshot>(set.Snapshot.Data, int.MaxValue).Signed.Meta;
        foreach (var file in set.Files.Values.Where(file => file.Role != RoleName.Root && file.Role != RoleName.Targets && listed.ContainsKey(file.Role)))
        {
            roles[file.Role.Value] = new RoleState(file.Version, file.Expires);
            targets[file.Role.Value] = format.Read<Targets>(file.Data, int.MaxValue).Signed.TargetFiles.Count;
        }
        return new TargetsListing(roles, targets, null);
    }

    /// <summary>Targets that delegates to hash bins. There may be thousands of these, and what is in them is not counted.</summary>
    public static TargetsListing OfBins(Targets targets) => new(
        new Dictionary<string, RoleState>(), new Dictionary<string, int>(StringComparer.Ordinal) { [RoleName.Targets.Value] = targets.TargetFiles.Count }, targets.Delegations!.Succinct!.Count);
}
