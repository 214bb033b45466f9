using TrustService.Client;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Publishing;

namespace TrustService.Benchmarks;

/// <summary>A trust server without a network: what a repository publishes, by file name.</summary>
internal sealed class MemorySource : IMetadataSource
{
    private readonly Dictionary<string, byte[]> files;

    public MemorySource(PublishedSet set)
    {
        var name = TufFormat.Instance.Rules.FileName;
        files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [name(RoleName.Root, set.Root.Version)] = set.Root.Metadata.File.ToArray(),
            [name(RoleName.Timestamp, null)] = set.Timestamp.Metadata.File.ToArray(),
            [name(RoleName.Snapshot, set.Snapshot.Metadata.Signed.Version)] = set.Snapshot.Metadata.File.ToArray(),
            [name(RoleName.Targets, set.TargetsVersion(RoleName.Targets))] = set.File(RoleName.Targets)!.Value.ToArray(),
        };
    }

    public MemorySource(Dictionary<string, byte[]> files) => this.files = files;

    public string Location => "memory";

    public Task<byte[]?> FetchAsync(string fileName, int maxBytes, CancellationToken cancellationToken) => Task.FromResult(files.GetValueOrDefault(fileName));
}
