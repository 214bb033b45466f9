using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Importing;

/// <summary>A role of a repository that lists a key.</summary>
internal sealed record KeyUse(RepositoryName Repository, RoleName Role);
