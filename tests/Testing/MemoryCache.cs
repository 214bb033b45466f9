using TrustService.Client;

namespace TrustService.Testing;

/// <summary>A client's cache without a disk.</summary>
public sealed class MemoryCache : IMetadataCache
{
    private readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public byte[]? Read(string fileName) => files.GetValueOrDefault(fileName);

    /// <inheritdoc/>
    public void Write(string fileName, ReadOnlyMemory<byte> bytes) => files[fileName] = bytes.ToArray();

    /// <inheritdoc/>
    public void Remove(string fileName) => files.Remove(fileName);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string start, string end) =>
        [.. files.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
