using TrustService.Metadata;

namespace TrustService.Client;

/// <summary>What the server answers to a publish.</summary>
/// <param name="Versions">The current version of each role afterwards; empty where the protocol does not tell.</param>
public sealed record PublishResult(IReadOnlyDictionary<RoleName, long> Versions);
