namespace TrustService.Client;

/// <summary>
/// The cache of a repository as one anchor sees it: the root chain is the anchor's own, everything else is shared, so that what a
/// run under one anchor has seen is not forgotten by a run under another one.
/// </summary>
internal sealed class PinnedCache(IMetadataCache shared, string rootFile, TrustAnchor anchor) : IMetadataCache
{
    public byte[]? Read(string fileName) => shared.Read(Map(fileName));

    public void Write(string fileName, ReadOnlyMemory<byte> bytes) => shared.Write(Map(fileName), bytes);

    public void Remove(string fileName) => shared.Remove(Map(fileName));

    public string LocationOf(string fileName) => shared.LocationOf(Map(fileName));

    // The names of roles are escaped before they become file names, so that no role is called like this.
    private string Map(string fileName) => fileName == rootFile ? $"pin+{anchor.CacheKey}.{rootFile}" : fileName;
}
