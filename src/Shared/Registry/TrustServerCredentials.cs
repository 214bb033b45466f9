using System.Text;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>
/// Credentials for a trust server: the login that is stored for its own host, else what Notary's variable holds, else the login
/// of the repository's registry, which Docker Content Trust uses; that one is seen by the registry's own hosts alone.
/// </summary>
/// <param name="stored">The stored logins.</param>
/// <param name="server">Address of the trust server.</param>
/// <param name="given">Asked where nothing is stored for the server's host.</param>
public sealed class TrustServerCredentials(IRegistryCredentials stored, string server, Func<RegistryCredential?> given) : IRegistryCredentials
{
    /// <summary>Environment variable with the base64 of <c>user:password</c> for Notary's client.</summary>
    public const string NotaryVariable = "NOTARY_AUTH";

    // All of them belong to Docker Hub; its token service is none of the names that images have.
    private static readonly string[] DockerHub = ["docker.io", "index.docker.io", "registry-1.docker.io", "auth.docker.io", "notary.docker.io"];

    private readonly Uri address = new(server);

    /// <inheritdoc/>
    public async Task<RegistryCredential?> FindAsync(RepositoryName repository, CancellationToken cancellationToken) =>
        // Logins are found by repository; any name at the server's host will do.
        (RepositoryName.TryParse($"{address.Authority}/trust", out var own) ? await stored.FindAsync(own, cancellationToken).ConfigureAwait(false) : null)
        ?? given();

    /// <inheritdoc/>
    /// <remarks>
    /// A registry's own hosts are those with its name, on any port, and for Docker Hub its token service and its trust server. The
    /// trust server or the recipient has to be one of them: otherwise whoever is named as trust server would get every password.
    /// </remarks>
    public async Task<RegistryCredential?> FindForAsync(RepositoryName repository, Uri recipient, CancellationToken cancellationToken) =>
        await FindAsync(repository, cancellationToken).ConfigureAwait(false)
        ?? (IsOf(repository, address) || IsOf(repository, recipient) ? await stored.FindAsync(repository, cancellationToken).ConfigureAwait(false) : null);

    private static bool IsOf(RepositoryName repository, Uri host) =>
        repository.IsOciName && (host.Scheme == Uri.UriSchemeHttps || host.IsLoopback) &&
        (repository.Host == DockerHub[0] ? DockerHub.Contains(host.IdnHost) && host.IsDefaultPort : Uri.TryCreate($"https://{repository.Host}", UriKind.Absolute, out var registry) && registry.IdnHost == host.IdnHost);

    /// <summary>Reads the value of <see cref="NotaryVariable"/>.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/>; nothing of the value is shown.</exception>
    public static RegistryCredential ParseNotary(string value)
    {
        var bytes = new byte[value.Length];
        if (Convert.TryFromBase64String(value.Trim(), bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length) is var pair && pair.IndexOf(':') is var colon and > 0)
            return RegistryCredential.OfPassword(pair[..colon], pair[(colon + 1)..]);
        throw new TrustException(TrustError.Usage, $"{NotaryVariable} is not the base64 of a user name, a colon and a password.") { Hint = "Set it as Notary's client reads it: printf 'NAME:PASSWORD' | base64" };
    }
}
