namespace TrustService.Server.Contracts;

/// <summary>What is published now.</summary>
/// <param name="Versions">Current version of every role by its name.</param>
internal sealed record PublishAnswer(IReadOnlyDictionary<string, long> Versions);
