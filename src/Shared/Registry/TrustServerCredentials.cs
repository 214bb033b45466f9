using System.Text;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>
/// Credentials for a trust server: the login that is stored for its own host, else that of the repository's registry, which is
/// the one that Docker Content Trust uses, else what Notary's variable holds.
/// </summary>
/// <param name="stored">The stored logins.</param>
/// <param name="server">Address of the trust server.</param>
/// <param name="fallback">Asked where nothing is stored.</param>
public sealed class TrustServerCredentials(IRegistryCredentials stored, string server, Func<RegistryCredential?> fallback) : IRegistryCredentials
{
    /// <summary>Environment variable with the base64 of <c>user:password</c> for Notary's client.</summary>
    public const string NotaryVariable = "NOTARY_AUTH";

    /// <inheritdoc/>
    public async Task<RegistryCredential?> FindAsync(RepositoryName repository, CancellationToken cancellationToken) =>
        // Logins are found by repository; any name at the server's host will do.
        (RepositoryName.TryParse($"{new Uri(server).Authority}/trust", out var own) ? await stored.FindAsync(own, cancellationToken).ConfigureAwait(false) : null)
        ?? await stored.FindAsync(repository, cancellationToken).ConfigureAwait(false)
        ?? fallback();

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
