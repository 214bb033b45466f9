namespace TrustService.Server.Contracts;

/// <summary>A page of repositories in the order of their names.</summary>
/// <param name="Repositories">The repositories.</param>
/// <param name="Next">Value of <c>after</c> for the next page, or null if this is the last one.</param>
internal sealed record RepositoryPage(IReadOnlyList<RepositorySummary> Repositories, string? Next);
