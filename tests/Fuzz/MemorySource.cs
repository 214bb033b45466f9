using TrustService.Client;
using TrustService.Errors;

namespace TrustService.Fuzz;

/// <summary>A metadata server without a network.</summary>
internal sealed class MemorySource(Func<string, byte[]?> find) : IMetadataSource
{
    public string Location => "memory";

    public Task<byte[]?> FetchAsync(string fileName, int maxBytes, CancellationToken cancellationToken) =>
        find(fileName) is var file && file?.Length > maxBytes ? throw new TrustException(TrustError.TooLarge, $"{fileName} is too long.") : Task.FromResult(file);
}
