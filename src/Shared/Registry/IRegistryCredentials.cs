using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Where credentials for registries come from.</summary>
public interface IRegistryCredentials
{
    /// <summary>Credentials for a repository, or null if there are none.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if a source cannot be read.</exception>
    Task<RegistryCredential?> FindAsync(RepositoryName repository, CancellationToken cancellationToken);

    /// <summary>Credentials for a repository that one address is to see; here whichever the repository has.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="recipient">Who gets them: the peer that asks (Basic), or the token service that it names (Bearer).</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if a source cannot be read.</exception>
    Task<RegistryCredential?> FindForAsync(RepositoryName repository, Uri recipient, CancellationToken cancellationToken) => FindAsync(repository, cancellationToken);
}
