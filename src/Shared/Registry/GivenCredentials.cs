using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Credentials that the caller gave for one registry; no other registry ever sees them.</summary>
/// <param name="host">Host as in <see cref="RepositoryName.Host"/>.</param>
/// <param name="credential">The credentials.</param>
/// <param name="others">Asked for all other registries, or null.</param>
public sealed class GivenCredentials(string host, RegistryCredential credential, IRegistryCredentials? others) : IRegistryCredentials
{
    /// <inheritdoc/>
    public Task<RegistryCredential?> FindAsync(RepositoryName repository, CancellationToken cancellationToken) =>
        repository.Host == host
            ? Task.FromResult<RegistryCredential?>(credential)
            : others?.FindAsync(repository, cancellationToken) ?? Task.FromResult<RegistryCredential?>(null);
}
