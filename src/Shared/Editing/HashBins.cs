using System.Collections.Immutable;
using System.Numerics;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>Targets spread over hash bins, so that changing one of very many changes a small file. Source: TAP 15.</summary>
public static class HashBins
{
    /// <summary>The fewest bins that there can be.</summary>
    public const int Min = 2;

    /// <summary>The most bins that are written: snapshot lists each, and every client reads snapshot.</summary>
    public const int Max = 16_384;

    /// <summary>
    /// What names of bins begin with, in every shape: a role that was listed once stays listed, so that the names of another shape
    /// should be the same ones as far as they can be.
    /// </summary>
    public const string NamePrefix = "bin";

    /// <summary>Targets in one bin, about, where a bin and its line in snapshot cost least together.</summary>
    public const int TargetsPerBin = 128;

    /// <summary>Targets of one file from which on bins pay.</summary>
    public const int WorthwhileTargets = 5000;

    /// <summary>Refuses a number of bins that cannot be.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static int RequireCount(IMetadataFormat format, int bins) =>
        !format.Rules.MayHaveHashBins
            ? throw new TrustException(TrustError.Usage, $"Repositories of the format {format.Name} have no hash bins: its clients would find nothing in them.") { Hint = "Leave --bins out, or begin a repository of the format tuf." }
            : bins is >= Min and <= Max && BitOperations.IsPow2(bins)
                ? bins
                : throw new TrustException(TrustError.Usage, $"{bins} bins cannot be: a power of two from {Min} to {Max} is needed.") { Hint = $"One bin for about {TargetsPerBin} tags is a good choice: 16 for 2000, 1024 for 100 000." };

    /// <summary>The number of bins for that many targets.</summary>
    public static int RecommendedFor(int targets) =>
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(targets / TargetsPerBin, Min, Max));

    /// <summary>The delegation to bins that share their keys.</summary>
    /// <param name="bins">How many.</param>
    /// <param name="keys">The keys of each.</param>
    /// <param name="threshold">How many of them must sign.</param>
    public static Delegations Delegate(int bins, ImmutableArray<PublicKey> keys, int threshold) => new()
    {
        Keys = keys.ToDictionary(key => key.Id).AsReadOnly(),
        Roles = [],
        Succinct = new SuccinctRoles
        {
            RoleKeys = new RoleKeys { KeyIds = [.. keys.Select(key => key.Id)], Threshold = threshold },
            BitLength = BitOperations.Log2((uint)bins),
            NamePrefix = NamePrefix,
        },
    };

    /// <summary>The same bins with the targets keys of the next root, where one of their keys counts no more for targets. Each bin has to be signed anew then.</summary>
    /// <param name="delegations">What targets delegates.</param>
    /// <param name="current">The current root.</param>
    /// <param name="next">The next root.</param>
    /// <returns>Null if there are no bins, or if nothing changes for them.</returns>
    public static Delegations? FollowRoot(Delegations? delegations, Root current, Root next)
    {
        if (delegations?.Succinct is not { } bins)
            return null;
        var (former, coming) = (SignerList.Of(current, RoleName.Targets), SignerList.Of(next, RoleName.Targets));
        List<PublicKey> own = [.. new SignerList(NamePrefix, delegations.Keys, bins.RoleKeys).Members];
        var gone = Fingerprints(former.Members).Except(Fingerprints(coming.Members)).ToHashSet(StringComparer.Ordinal);
        // Bins of the targets keys have them all, as before; bins with keys of their own besides keep those.
        var haveAll = Fingerprints(own).SetEquals(Fingerprints(former.Members));
        if (!haveAll && !own.Exists(key => gone.Contains(key.Fingerprint)))
            return null;
        List<PublicKey> keys = haveAll ? [.. coming.Members] : [.. own.Where(key => !gone.Contains(key.Fingerprint)).Concat(coming.Members).DistinctBy(key => key.Fingerprint)];
        var threshold = haveAll ? coming.Role.Threshold : bins.RoleKeys.Threshold;
        if (threshold == bins.RoleKeys.Threshold && Fingerprints(keys).SetEquals(Fingerprints(own)))
            return null;
        return delegations with
        {
            Keys = keys.ToDictionary(key => key.Id).AsReadOnly(),
            Succinct = bins with { RoleKeys = bins.RoleKeys with { KeyIds = [.. keys.Select(key => key.Id)], Threshold = threshold } },
        };

        static HashSet<string> Fingerprints(IEnumerable<PublicKey> keys) => keys.Select(key => key.Fingerprint).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The names of all bins, for numbers that <see cref="RequireCount"/> allows.</summary>
    public static IEnumerable<RoleName> NamesOf(SuccinctRoles bins) => Enumerable.Range(0, (int)Math.Min(bins.Count, Max)).Select(bin => bins.NameOf((uint)bin));

    /// <summary>The content of every bin.</summary>
    /// <param name="bins">The bins.</param>
    /// <param name="files">All targets; each goes to its bin.</param>
    /// <param name="published">The version of a bin that is published already, or 0.</param>
    /// <param name="expires">The expiry, UTC.</param>
    /// <param name="repository">The repository's full name, which is signed along, or null.</param>
    public static IReadOnlyDictionary<RoleName, Targets> Spread(
        SuccinctRoles bins, IReadOnlyDictionary<string, TargetFile> files, Func<RoleName, long> published, DateTimeOffset expires, string? repository)
    {
        var spread = NamesOf(bins).ToDictionary(bin => bin, _ => new Dictionary<string, TargetFile>(StringComparer.Ordinal));
        foreach (var (path, file) in files)
            spread[bins.BinOf(path)].Add(path, file);
        return spread.ToDictionary(
            bin => bin.Key,
            bin => TargetsEditor.First(expires) with { Version = published(bin.Key) + 1, TargetFiles = bin.Value.AsReadOnly(), Repository = repository }).AsReadOnly();
    }
}
