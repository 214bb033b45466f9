namespace TrustService;

/// <summary>One check of a verification.</summary>
/// <param name="Name"><c>signed</c>, <c>fresh</c> or <c>registry</c>.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Detail">One sentence part for people.</param>
public sealed record CheckResult(string Name, CheckStatus Status, string Detail);
