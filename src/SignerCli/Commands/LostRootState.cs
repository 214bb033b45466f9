using System.Collections.Immutable;
using TrustService.Cli.KeyStores;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>Which root keys of a repository are here, and whether the others could still reach the threshold.</summary>
/// <param name="Name">In one word.</param>
/// <param name="Threshold">How many must sign.</param>
/// <param name="Here">Holder and id of those that are here.</param>
/// <param name="Elsewhere">Holder and id of those that are not.</param>
internal sealed record LostRootState(string Name, int Threshold, ImmutableArray<string> Here, ImmutableArray<string> Elsewhere)
{
    /// <summary>Enough keys are here.</summary>
    public const string Enough = "enough-keys-here";

    /// <summary>The others could reach the threshold.</summary>
    public const string ByOthers = "others-can-sign";

    /// <summary>The one key that could sign is not here.</summary>
    public const string Missing = "root-key-missing";

    /// <summary>Looks at the keys of the newest root.</summary>
    public static LostRootState Of(OwnerReading current, Func<IEnumerable<PublicKey>, ImmutableArray<KeyEntry>> held)
    {
        var root = current.Root.Metadata.Signed;
        var listed = OwnerUpdate.KeysOf(root, RoleName.Root).ToList();
        var here = held(listed);
        ImmutableArray<string> mine = [.. listed.Where(key => here.Any(entry => entry.IsSame(key))).Select(Describe)];
        ImmutableArray<string> others = [.. listed.Where(key => !here.Any(entry => entry.IsSame(key))).Select(Describe)];
        var threshold = root.Roles[RoleName.Root].Threshold;
        return new LostRootState(mine.Length >= threshold ? Enough : listed.Count > 1 ? ByOthers : Missing, threshold, mine, others);

        string Describe(PublicKey key) => root.KeyNames.TryGetValue(key.Id, out var name) ? $"{name} ({key.Id.Short})" : key.Id.Short;
    }
}
