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

    /// <summary>The same bins with another key in the place of one. Each bin has to be signed anew with it.</summary>
    /// <param name="delegations">Delegations to hash bins.</param>
    /// <param name="former">The key that counts no more.</param>
    /// <param name="next">The key in its place.</param>
    /// <returns>Null if there are no bins, or if that key is none of theirs.</returns>
    public static Delegations? ReplaceKey(Delegations? delegations, PublicKey former, PublicKey next)
    {
        if (delegations?.Succinct is not { } bins || !bins.RoleKeys.KeyIds.Any(IsFormer))
            return null;
        ImmutableArray<KeyId> ids = [.. bins.RoleKeys.KeyIds.Where(id => !IsFormer(id)).Append(next.Id).Distinct()];
        var keys = delegations.Keys.Where(key => ids.Contains(key.Key)).ToDictionary();
        keys[next.Id] = next;
        return delegations with { Keys = keys.AsReadOnly(), Succinct = bins with { RoleKeys = bins.RoleKeys with { KeyIds = ids } } };

        bool IsFormer(KeyId id) => delegations.Keys.TryGetValue(id, out var key) && key.Fingerprint == former.Fingerprint;
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
