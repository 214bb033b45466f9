namespace TrustService.Server.Contracts;

/// <summary>A page of a repository's published files, newest first.</summary>
/// <param name="Files">The files.</param>
/// <param name="Next">Value of <c>before</c> for the next page, or null if this is the last one.</param>
internal sealed record HistoryPage(IReadOnlyList<HistoryItem> Files, string? Next);
