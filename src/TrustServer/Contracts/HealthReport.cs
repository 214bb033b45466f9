namespace TrustService.Server.Contracts;

/// <summary>Whether the server can do its work.</summary>
/// <param name="Status"><c>ok</c>, <c>ready</c> or <c>not-ready</c>.</param>
/// <param name="Checks">Each check by name: <c>ok</c>, or what is wrong.</param>
internal sealed record HealthReport(string Status, IReadOnlyDictionary<string, string>? Checks = null);
