using TrustService.Oci;
using TrustService.Registry;

namespace TrustService.Cli.Importing;

/// <summary>The credentials that the caller gave for one server, whatever repository is asked for.</summary>
internal sealed class OneCredential(RegistryCredential credential) : IRegistryCredentials
{
    /// <inheritdoc/>
    public Task<RegistryCredential?> FindAsync(RepositoryName repository, CancellationToken cancellationToken) => Task.FromResult<RegistryCredential?>(credential);
}
