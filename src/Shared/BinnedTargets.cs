using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService;

/// <summary>The role targets where it is spread over hash bins: for who signs it is one role, for who publishes it is many files.</summary>
internal static class BinnedTargets
{
    /// <summary>The bins that have to be read before a change of targets can be made; null as the change asks for all. None if there are no bins.</summary>
    public static IEnumerable<RoleName> Touched(TrustedTargets targets, TargetsChange? change)
    {
        if (targets.Bins is not { } bins)
            return [];
        // There may be 2^32 of them in metadata of others; what is published is asked.
        return change is null
            ? targets.Metadata.Signed.Delegations!.DelegatedAmong([.. targets.Snapshot.Metadata.Signed.Meta.Keys])
            : change.Set.Keys.Concat(change.Remove).Select(bins.BinOf).Distinct();
    }

    /// <summary>
    /// True if a change can be made only when all bins are known: an index is signed no more, or anew, and its platforms may be in
    /// any bin, as may be another tag for which they are still signed.
    /// </summary>
    public static bool NeedsAll(CurrentRoles current, TargetsChange change)
    {
        if (current.Targets.Bins is null || current.HasAllBins)
            return false;
        var files = Content(current).TargetFiles;
        return change.Remove.Any(path => files.TryGetValue(path, out var was) && MayBeIndex(was))
            || change.Set.Any(entry => files.TryGetValue(entry.Key, out var was) && MayBeIndex(was) && !was.Hashes.ContentEquals(entry.Value.Hashes));
    }

    /// <summary>Targets with what was read of its bins; it expires when the first of these files does.</summary>
    public static Targets Content(CurrentRoles current)
    {
        var (top, bins) = (current.Targets.Metadata.Signed, current.Targets.Bins!);
        var files = new Dictionary<string, TargetFile>(StringComparer.Ordinal);
        var expires = top.Expires;
        foreach (var bin in current.Bins.Select(current.FileOf).OfType<TrustedTargets>())
        {
            expires = bin.Metadata.Signed.Expires < expires ? bin.Metadata.Signed.Expires : expires;
            // What a bin says of a path of another bin is found by nobody.
            foreach (var (path, file) in bin.Metadata.Signed.TargetFiles.Where(entry => bins.BinOf(entry.Key) == bin.Role))
                files[path] = file;
        }
        foreach (var (path, file) in top.TargetFiles)
            files[path] = file;
        return top with { TargetFiles = files.AsReadOnly(), Expires = expires };
    }

    /// <summary>The parts of a change, each with the role that holds it. Targets itself is among them where it lists a path, has expired, or delegates anew.</summary>
    /// <param name="current">What is current.</param>
    /// <param name="change">The change.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="isRenewed">True if every bin is signed anew, and targets.</param>
    public static IEnumerable<(RoleName Role, TargetsChange Change)> Divide(CurrentRoles current, TargetsChange change, DateTimeOffset now, bool isRenewed)
    {
        var (top, bins) = (current.Targets.Metadata.Signed, current.Targets.Bins!);
        var whole = PlatformTargets.Complete(Content(current), change, current.HasAllBins);
        var paths = whole.Set.Keys.Concat(whole.Remove).Distinct().ToLookup(bins.BinOf);
        // Found before the bins are asked, so a path there would hide what its bin says.
        var hiding = paths.SelectMany(bin => bin).Where(top.TargetFiles.ContainsKey).ToList();
        if (hiding.Count > 0 || top.Expires <= now || isRenewed || change.Delegations is not null)
            yield return (current.Targets.Role, new TargetsChange { Remove = [.. hiding], Delegations = change.Delegations });
        foreach (var bin in isRenewed ? current.Bins.Select(reading => reading.Role) : paths.Select(bin => bin.Key))
        {
            var none = new TargetsChange();
            yield return (bin, new TargetsChange
            {
                Set = none.Set.AddRange(paths[bin].Where(whole.Set.ContainsKey).Select(path => KeyValuePair.Create(path, whole.Set[path]))),
                Remove = none.Remove.Union(paths[bin].Where(whole.Remove.Contains)),
            });
        }
    }

    private static bool MayBeIndex(TargetFile target) =>
        ImageTarget.IndexesOf(target).IsEmpty && (ImageTarget.MediaTypeOf(target) is not { } type || MediaTypes.KindOf(type) == ManifestKind.Index);
}
