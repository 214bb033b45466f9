using TrustService.Errors;
using TrustService.Formats;
using TrustService.Server.Stores;

namespace TrustService.Server.Services;

/// <summary>A repository has one format; each of them has its own routes.</summary>
internal static class RepositoryFormat
{
    /// <summary>Refuses a repository that is kept in another format than the one of the route.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.WrongFormat"/>.</exception>
    public static void Require(RepositoryRecord repository, IMetadataFormat wanted)
    {
        if (repository.Format != wanted.Name)
        {
            throw new TrustException(TrustError.WrongFormat, $"{repository.Name} is kept in the format {repository.Format}; this route serves the format {wanted.Name}.")
            {
                Hint = repository.Format == "tuf"
                    ? "TUF clients read it at /tuf/{repository}/metadata/; signer finds the format by itself."
                    : "Notary clients read it at /v2/{repository}/_trust/tuf/; signer finds the format by itself.",
            };
        }
    }
}
