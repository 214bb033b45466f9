using TrustService.Client;

namespace TrustService.Benchmarks;

/// <summary>A client's cache without a disk.</summary>
internal sealed class MemoryCache : IMetadataCache
{
    private readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);

    public byte[]? Read(string fileName) => files.GetValueOrDefault(fileName);

    public void Write(string fileName, ReadOnlyMemory<byte> bytes) => files[fileName] = bytes.ToArray();

    public void Remove(string fileName) => files.Remove(fileName);

    public IReadOnlyList<string> List(string start, string end) =>
        [.. files.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
