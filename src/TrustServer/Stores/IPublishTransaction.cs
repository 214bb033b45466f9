using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Server.Stores;

/// <summary>
/// The right to publish to one repository, which one holder has at a time across all servers on the same database.
/// Disposing it without a commit leaves the repository as it was.
/// </summary>
internal interface IPublishTransaction : IAsyncDisposable
{
    /// <summary>The repository that is published to.</summary>
    RepositoryName Name { get; }

    /// <summary>The repository as it is now, or null if nothing was ever published to it.</summary>
    RepositoryRecord? Repository { get; }

    /// <summary>The current file of a role.</summary>
    /// <returns>Null if there is none. Roles that <see cref="IMetadataStore.BeginPublishAsync"/> was told of cost no request.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>.</exception>
    Task<StoredFile?> ReadCurrentAsync(RoleName role, CancellationToken cancellationToken);

    /// <summary>The highest stored version of a role that is not above a limit; 0 if there is none.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>.</exception>
    Task<long> ReadHighestVersionAsync(RoleName role, long limit, CancellationToken cancellationToken);

    /// <summary>Every current file.</summary>
    /// <returns>Null if nothing was ever published.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>.</exception>
    Task<CurrentSet?> ReadCurrentSetAsync(CancellationToken cancellationToken);

    /// <summary>Adds all of <paramref name="publication"/>, lasting and visible to everyone when this returns; only once.</summary>
    /// <returns>The repository as it is now.</returns>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.RepositoryExists"/> if it is published in another format;
    /// <see cref="TrustError.PublishConflict"/> if a version is taken or the repository changed or vanished meanwhile, nothing was added;
    /// <see cref="TrustError.StoreUnavailable"/> if the store did not confirm: then all or nothing was added.
    /// </exception>
    Task<RepositoryRecord> CommitAsync(Publication publication, CancellationToken cancellationToken);
}
