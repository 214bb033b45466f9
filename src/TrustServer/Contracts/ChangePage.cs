namespace TrustService.Server.Contracts;

/// <summary>A page of the change feed.</summary>
/// <param name="Changes">The changes in the order of their positions.</param>
/// <param name="Next">Value of <c>after</c> with which a reader goes on, now or later.</param>
internal sealed record ChangePage(IReadOnlyList<ChangeItem> Changes, long Next);
