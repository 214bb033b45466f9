using TrustService.Client;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Importing;

/// <summary>Another server, whose repositories are fetched.</summary>
internal sealed class NotaryConnection(HttpClient http, NotaryServerClient client) : IForeignSource
{
    /// <inheritdoc/>
    public string Location => client.Address;

    /// <inheritdoc/>
    public Task<ForeignRepository> ReadAsync(RepositoryName repository, bool withFormerVersions, CancellationToken cancellationToken) =>
        new NotaryFetcher(repository, client.Metadata(repository)).FetchAsync(withFormerVersions, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
