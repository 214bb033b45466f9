using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService;

/// <summary>
/// The platforms of an index that were signed with it: each is a target by its digest, and says as custom data to which indexes
/// it belongs. It is signed for as long as one of them is.
/// </summary>
public static class PlatformTargets
{
    /// <summary>Completes a change by what it means for platforms; doing it again changes nothing more.</summary>
    /// <param name="current">The version that is to be changed.</param>
    /// <param name="change">Targets to set and to remove.</param>
    /// <param name="isWhole">False if <paramref name="current"/> is some hash bins alone; then no index may be among what changes.</param>
    /// <returns>The change, which also removes the platforms of indexes that are signed no more.</returns>
    public static TargetsChange Complete(Targets current, TargetsChange change, bool isWhole = true)
    {
        var files = TargetsEditor.Next(current, change, current.Expires).TargetFiles;
        var signed = files.Values.Where(target => ImageTarget.IndexesOf(target).IsEmpty).Select(DigestOf).OfType<Digest>().ToHashSet();
        var set = change.Set;
        foreach (var (path, target) in change.Set)
        {
            if (ImageTarget.IndexesOf(target) is not { IsEmpty: false } indexes || !current.TargetFiles.TryGetValue(path, out var known) || !known.Hashes.ContentEquals(target.Hashes))
                continue;
            var former = ImageTarget.IndexesOf(known);
            // What was signed by its digest on purpose stays so, with what was said about it.
            set = set.SetItem(path, former.IsEmpty ? known : ImageTarget.WithIndexes(target, [.. former.Where(index => !isWhole || signed.Contains(index)).Union(indexes)]));
        }
        if (!isWhole)
            return change with { Set = set };
        var orphans = files.Where(entry => IsOrphan(set.GetValueOrDefault(entry.Key, entry.Value), signed)).Select(entry => entry.Key);
        return change with { Set = set, Remove = change.Remove.Union(orphans) };
    }

    /// <summary>The digests that were signed without an index: on purpose, or with an index by a program that does not record it.</summary>
    public static IEnumerable<string> Unrecorded(Targets targets) =>
        targets.TargetFiles.Where(entry => TargetNames.DigestOf(entry.Key) is not null && ImageTarget.IndexesOf(entry.Value).IsEmpty).Select(entry => entry.Key).Order(StringComparer.Ordinal);

    private static bool IsOrphan(TargetFile target, HashSet<Digest> signed) => ImageTarget.IndexesOf(target) is { IsEmpty: false } indexes && !indexes.Any(signed.Contains);

    private static Digest? DigestOf(TargetFile target) => target.Hashes.Sha256 is { Length: 32 } sha256 ? Digest.FromHex(Digest.Sha256, Hex.Encode(sha256.Span)) : null;
}
