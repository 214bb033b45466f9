using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Data;

namespace TrustService.Server.Stores;

/// <summary>
/// The files of all repositories. Every method is atomic: it sees one moment, and changes all or nothing.
/// Files are added and removed, never changed. What the database refuses, a prior read never decides.
/// </summary>
/// <remarks>
/// Every method throws <see cref="TrustException"/> with <see cref="TrustError.StoreUnavailable"/> when the database does
/// not answer or cannot write; nothing is half done then.
/// </remarks>
internal interface IMetadataStore
{
    /// <summary>Raised after a publish or deletion through this instance, before its caller goes on.</summary>
    event Action<RepositoryChange>? Changed;

    /// <summary>The repository, or null if nothing was ever published to it.</summary>
    Task<RepositoryRecord?> FindAsync(RepositoryName repository, CancellationToken cancellationToken);

    /// <summary>One version of a role, or null.</summary>
    Task<StoredFile?> ReadAsync(RepositoryName repository, RoleName role, long version, CancellationToken cancellationToken);

    /// <summary>The current file of a role, which is its highest version, or null.</summary>
    Task<StoredFile?> ReadCurrentAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken);

    /// <summary>The file of a role of this very repository by its SHA-256, or null.</summary>
    /// <param name="repository">Repository; the same file in another one is not found.</param>
    /// <param name="role">Role of the file.</param>
    /// <param name="sha256">64 lower-case hexadecimal digits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<StoredFile?> ReadByHashAsync(RepositoryName repository, RoleName role, string sha256, CancellationToken cancellationToken);

    /// <summary>Every current file, or null if nothing was ever published.</summary>
    Task<CurrentSet?> ReadCurrentSetAsync(RepositoryName repository, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for the right to publish to <paramref name="repository"/>, bounded by <see cref="DatabaseLimits.LockWait"/>, and
    /// reads what is needed to make the next versions, in one request.
    /// </summary>
    /// <param name="repository">Repository, which need not exist.</param>
    /// <param name="roles">Roles whose current files will be asked for besides root, snapshot and timestamp.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>, also if the wait is over.</exception>
    Task<IPublishTransaction> BeginPublishAsync(RepositoryName repository, IReadOnlyCollection<RoleName> roles, CancellationToken cancellationToken);

    /// <summary>Removes the repository of exactly this name: its files, its history and its online keys.</summary>
    /// <param name="repository">Repository.</param>
    /// <param name="format">Name of the format that it must have, or null for any.</param>
    /// <param name="actor">For the change feed: who did it, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if there was none; then nothing changed.</returns>
    Task<bool> DeleteAsync(RepositoryName repository, string? format, string? actor, CancellationToken cancellationToken);

    /// <summary>
    /// Removes files that were replaced by a higher version before <paramref name="replacedBefore"/>. Root versions and
    /// current files stay, so nothing that a current timestamp can reach is removed.
    /// </summary>
    /// <returns>Number of files removed, at most <paramref name="limit"/>; call again while it equals the limit.</returns>
    Task<int> PruneAsync(DateTimeOffset replacedBefore, int limit, CancellationToken cancellationToken);

    /// <summary>Returns if the database answers.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}
