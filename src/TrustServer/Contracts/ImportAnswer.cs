namespace TrustService.Server.Contracts;

/// <summary>What was taken over from another server.</summary>
/// <param name="Format">Format of the repository: <c>tuf</c> or <c>notary</c>.</param>
/// <param name="Versions">Current version of every role by its name.</param>
/// <param name="Roots">Versions of root that are kept: the first and the last.</param>
/// <param name="IsNew">False if the same was taken over before.</param>
/// <param name="IsReadOnly">True until a root lists this server's key for timestamp.</param>
/// <param name="ServedUntil">When clients begin to refuse what nobody signed anew (UTC); it may be past already.</param>
/// <param name="Skipped">Delegated roles that clients skip, each with the reason.</param>
internal sealed record ImportAnswer(
    string Format, IReadOnlyDictionary<string, long> Versions, IReadOnlyList<long> Roots, bool IsNew, bool IsReadOnly, DateTimeOffset ServedUntil, IReadOnlyDictionary<string, string> Skipped);
