using TrustService.Verification;

namespace TrustService.Client;

/// <summary>
/// The cache of a repository for an owner who is about to repair it: the trusted root counts, and what earlier runs saw of other roles does
/// not, because that may be what a thief published. New roots are kept.
/// </summary>
internal sealed class RepairCache(IMetadataCache cache, string rootFile) : IMetadataCache
{
    private readonly Dictionary<string, byte[]> own = new(StringComparer.Ordinal);

    public byte[]? Read(string fileName) => fileName == rootFile ? cache.Read(fileName) : own.GetValueOrDefault(fileName);

    public void Write(string fileName, ReadOnlyMemory<byte> bytes)
    {
        if (fileName == rootFile)
            cache.Write(fileName, bytes);
        else
            own[fileName] = bytes.ToArray();
    }

    public void Remove(string fileName) => own.Remove(fileName);

    public IReadOnlyList<string> List(string start, string end) => [.. own.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    // What was read in this run is read again under a new root.
    public void Follow(TrustedRoot root, TrustedRoot? former)
    {
        cache.Follow(root, former);
        own.Clear();
    }
}
