using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Importing;

/// <summary>Where repositories are moved from: a server that still answers, or an archive.</summary>
internal interface IForeignSource : IDisposable
{
    /// <summary>Where it is, for messages.</summary>
    string Location { get; }

    /// <summary>Reads everything that there is of a repository.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="withFormerVersions">True for the former versions of all roles as well; roots always come with all of theirs.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException"><see cref="TrustError.RepositoryUnknown"/>, or a refusal of the source.</exception>
    Task<ForeignRepository> ReadAsync(RepositoryName repository, bool withFormerVersions, CancellationToken cancellationToken);
}
