using System.Collections.Immutable;
using TrustService.Oci;

namespace TrustService.Server.Stores;

/// <summary>A publish or deletion that has just been committed.</summary>
/// <param name="Name">The repository.</param>
/// <param name="Repository">The repository as it is now; null if it was deleted.</param>
/// <param name="Files">The files that were added.</param>
internal sealed record RepositoryChange(RepositoryName Name, RepositoryRecord? Repository, ImmutableArray<StoredFile> Files);
