using TrustService.Oci;

namespace TrustService.Server.Services;

/// <summary>What came of putting the standby key into force for a repository.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Outcome">In one word.</param>
/// <param name="Detail">In a sentence without its end.</param>
internal sealed record StandbyResult(RepositoryName Repository, StandbyOutcome Outcome, string Detail);
