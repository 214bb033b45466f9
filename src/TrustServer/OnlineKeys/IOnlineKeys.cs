using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Stores;

namespace TrustService.Server.OnlineKeys;

/// <summary>
/// The keys of snapshot and timestamp that the server holds, for each repository its own. A key becomes active by the
/// publication of a root that lists it, and goes with its repository: the store sees to both.
/// </summary>
/// <remarks>
/// Every method throws <see cref="TrustException"/> with <see cref="TrustError.StoreUnavailable"/> when the database does
/// not answer. Roles are snapshot and timestamp; another one is an <see cref="ArgumentException"/>.
/// </remarks>
internal interface IOnlineKeys
{
    /// <summary>Every key of a role, newest first; none if the role never had one.</summary>
    Task<IReadOnlyList<OnlineKey>> ListAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken);

    /// <summary>The newest active key of a role, or null if no published root lists one.</summary>
    Task<OnlineKey?> FindActiveAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken);

    /// <summary>
    /// The key of a role that waits for a root; makes one if there is none. However often it is called, it is the same
    /// key until a root lists it. Not to be called by the holder of a publish.
    /// </summary>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.RateLimited"/> if too many keys wait for repositories that nobody has published;
    /// <see cref="TrustError.OnlineKeyUnavailable"/> if there is no master key.
    /// </exception>
    Task<OnlineKey> GetOrCreatePendingAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken);

    /// <summary>A key of a role that can sign.</summary>
    /// <param name="repository">Repository.</param>
    /// <param name="role">Role.</param>
    /// <param name="fingerprints">Keys that the root lists for the role, by <see cref="PublicKey.Fingerprint"/>.</param>
    /// <param name="lastSigner">
    /// The key that signed the role's current file, or null. That one alone is taken from memory: for any other the database is asked,
    /// where an operator may have retired it a moment ago.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null if the server holds none of them, or none that is not retired. The key stays the property of this object.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.OnlineKeyUnavailable"/> if the server holds one and cannot open it.</exception>
    Task<ISigningKey?> FindSignerAsync(RepositoryName repository, RoleName role, IReadOnlyCollection<string> fingerprints, string? lastSigner, CancellationToken cancellationToken);

    /// <summary>Seals a key that was made elsewhere, for a publication that puts it into force.</summary>
    ActivatedKey Seal(RepositoryName repository, RoleName role, IExportableKey key);
}
