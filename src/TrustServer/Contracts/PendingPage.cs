namespace TrustService.Server.Contracts;

/// <summary>Files of a repository that wait for signatures.</summary>
/// <param name="Pending">The files in the order of their roles' names.</param>
internal sealed record PendingPage(IReadOnlyList<PendingItem> Pending);
