using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;

namespace TrustService.Server.Stores;

/// <summary>
/// Files that wait for signatures: one for each role of a repository at the most. One whose version is published is gone, from that
/// moment on, whoever published it.
/// </summary>
/// <remarks>Every method is atomic and throws <see cref="TrustException"/> with <see cref="TrustError.StoreUnavailable"/> when the database does not answer.</remarks>
internal interface IPendingStore
{
    /// <summary>What waits in a repository, in the order of the roles' names.</summary>
    Task<IReadOnlyList<ParkedFile>> ListAsync(RepositoryName repository, CancellationToken cancellationToken);

    /// <summary>The file of a role that waits, or null.</summary>
    Task<ReadOnlyMemory<byte>?> ReadAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken);

    /// <summary>Parks a file in the place of what was there when it was made.</summary>
    /// <param name="repository">Repository, which need not exist.</param>
    /// <param name="file">The file.</param>
    /// <param name="before">The bytes that it replaces, or null if nothing waited.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.PublishConflict"/> if something else is there by now; <see cref="TrustError.TooLarge"/> if too much waits already.
    /// </exception>
    Task WriteAsync(RepositoryName repository, PendingFile file, ReadOnlyMemory<byte>? before, CancellationToken cancellationToken);

    /// <summary>Drops the file of a role.</summary>
    /// <param name="repository">Repository.</param>
    /// <param name="role">Role.</param>
    /// <param name="change">Only if it is this change, or null for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if there was none.</returns>
    Task<bool> DropAsync(RepositoryName repository, RoleName role, string? change, CancellationToken cancellationToken);

    /// <summary>Removes files whose version is published, and those that nobody has signed for too long.</summary>
    /// <param name="untouchedSince">Since when nobody has signed what is removed.</param>
    /// <param name="homelessSince">The same for files of repositories that nobody has published.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Number of files removed.</returns>
    Task<int> PruneAsync(DateTimeOffset untouchedSince, DateTimeOffset homelessSince, CancellationToken cancellationToken);
}
