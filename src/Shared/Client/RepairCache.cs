namespace TrustService.Client;

/// <summary>
/// The cache of a repository for an owner who is about to repair it: the trusted root counts, and what earlier runs saw of other roles does
/// not, because that may be what a thief published. New roots are kept, and what they make clients forget is forgotten.
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

    public void Remove(string fileName)
    {
        own.Remove(fileName);
        cache.Remove(fileName);
    }
}
