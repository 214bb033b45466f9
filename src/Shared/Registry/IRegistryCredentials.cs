using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Where credentials for registries come from.</summary>
public interface IRegistryCredentials
{
    /// <summary>Credentials for a repository, or null if there are none.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if a source cannot be read.</exception>
    Task<RegistryCredential?> FindAsync(RepositoryName repository, CancellationToken cancellationToken);
}
