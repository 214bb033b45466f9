using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Server.Stores;

/// <summary>
/// What is in the store, in pages of at most <see cref="StoreLimits.MaxPageSize"/> rows; larger limits are cut to that.
/// Failures as for <see cref="IMetadataStore"/>.
/// </summary>
internal interface IRepositoryCatalog
{
    /// <summary>Repositories in ordinal order of their names.</summary>
    /// <param name="search">Text that the name contains, or null for all.</param>
    /// <param name="after">Name that the page starts behind, or null for the first page.</param>
    /// <param name="limit">Rows at the most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<RepositoryRecord>> ListAsync(string? search, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Published files of a repository, newest first; none if it does not exist.</summary>
    /// <param name="repository">Repository.</param>
    /// <param name="role">Only this role, or null for all.</param>
    /// <param name="before"><see cref="HistoryEntry.Position"/> of the last entry of the former page, or null for the first page.</param>
    /// <param name="limit">Rows at the most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<HistoryEntry>> HistoryAsync(RepositoryName repository, RoleName? role, HistoryPosition? before, int limit, CancellationToken cancellationToken);

    /// <summary>Changes in the order of their positions. None can appear later below a position that was returned.</summary>
    Task<IReadOnlyList<ChangeRecord>> ReadChangesAsync(ChangeQuery query, CancellationToken cancellationToken);

    /// <summary>Repositories whose timestamp or snapshot expires before the given times, in order of their ids.</summary>
    /// <param name="timestampBefore">Time for timestamp (UTC).</param>
    /// <param name="snapshotBefore">Time for snapshot (UTC).</param>
    /// <param name="afterId">Id that the page starts behind; 0 for the first page.</param>
    /// <param name="limit">Rows at the most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<RepositoryRecord>> ListExpiringAsync(DateTimeOffset timestampBefore, DateTimeOffset snapshotBefore, long afterId, int limit, CancellationToken cancellationToken);

    /// <summary>The repositories of which a top-level role expires first, soonest first: bounded input for metrics.</summary>
    Task<IReadOnlyList<RepositoryRecord>> ListSoonestExpiringAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The first expiry of each top-level role in all repositories; null if there is no repository.</summary>
    Task<SoonestExpiries?> FindSoonestExpiriesAsync(CancellationToken cancellationToken);

    /// <summary>Number of repositories.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);
}
