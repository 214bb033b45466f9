using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Client;

/// <summary>A trust server, whatever protocol it is spoken to in.</summary>
public interface ITrustServer
{
    /// <summary>The server's address, without a final slash.</summary>
    string Address { get; }

    /// <summary>The metadata of a repository.</summary>
    IMetadataSource Metadata(RepositoryName repository);

    /// <summary>Publishes new versions of roles, all or none.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="files">The metadata files by role.</param>
    /// <param name="cancellationToken">Ends the request; whether it was carried out is then unknown, and doing it again is harmless.</param>
    /// <exception cref="TrustException"><see cref="TrustError.PublishConflict"/> if another publisher was first, or a coded refusal.</exception>
    Task<PublishResult> PublishAsync(RepositoryName repository, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> files, CancellationToken cancellationToken);

    /// <summary>The keys that a root of the repository has to list for a role that the server signs; made if there are none.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="role">Snapshot or timestamp.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    Task<OnlineKeySet> RequestOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken);

    /// <summary>The keys with which the server signs a role now, and those that it wants to be listed beside them. Nothing is made.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="role">Snapshot or timestamp.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.KeyNotFound"/> if the server has none.</exception>
    Task<OnlineKeySet> ReadOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken);

    /// <summary>New keys for a role that the server signs. They come into force with a root that lists them; until then it is the same ones however often they are asked for.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="role">Snapshot or timestamp.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    Task<OnlineKeySet> RotateOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken);
}
