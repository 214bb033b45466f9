namespace TrustService.Client;

/// <summary>What a server says of a repository that it took over.</summary>
/// <param name="IsNew">False if it had the same files before.</param>
/// <param name="IsReadOnly">True until a root lists the server's key for timestamp.</param>
/// <param name="ServedUntil">When clients begin to refuse what nobody signed anew (UTC).</param>
public sealed record ImportResult(bool IsNew, bool IsReadOnly, DateTimeOffset ServedUntil);
