using TrustService.Client;

namespace TrustService.Testing;

/// <summary>Files in memory, as a source of metadata and as a cache.</summary>
public sealed class MemoryMetadata : IMetadataSource, IMetadataCache
{
    /// <summary>The files by their name.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The names that were asked for, in order.</summary>
    public List<string> Fetched { get; } = [];

    /// <inheritdoc/>
    public string Location => "memory";

    /// <inheritdoc/>
    public Task<byte[]?> FetchAsync(string fileName, int maxBytes, CancellationToken cancellationToken)
    {
        Fetched.Add(fileName);
        return Task.FromResult(Read(fileName));
    }

    /// <inheritdoc/>
    public byte[]? Read(string fileName) => Files.GetValueOrDefault(fileName);

    /// <inheritdoc/>
    public void Write(string fileName, ReadOnlyMemory<byte> bytes) => Files[fileName] = bytes.ToArray();

    /// <inheritdoc/>
    public void Remove(string fileName) => Files.Remove(fileName);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string start, string end) =>
        [.. Files.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
