namespace TrustService.Client;

/// <summary>
/// The cache of a repository as one pin sees it: the root chain is the pin's own, everything else is shared, so that what a
/// run under one pin has seen is not forgotten by a run under another one.
/// </summary>
internal sealed class PinnedCache(IMetadataCache shared, string rootFile, RootPin pin) : IMetadataCache
{
    public byte[]? Read(string fileName) => shared.Read(Map(fileName));

    public void Write(string fileName, ReadOnlyMemory<byte> bytes) => shared.Write(Map(fileName), bytes);

    public void Remove(string fileName) => shared.Remove(Map(fileName));

    private string Map(string fileName) => fileName == rootFile ? $"{pin.Sha256}.{rootFile}" : fileName;
}
