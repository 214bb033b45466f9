using TrustService.Formats;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>How a repository is to begin.</summary>
/// <param name="Format">Its format.</param>
/// <param name="RootKey">What the caller calls the root key, or null for a new one.</param>
/// <param name="TargetsKey">What the caller calls the targets key, or null for a new one.</param>
/// <param name="Scheme">The kind of new keys.</param>
/// <param name="RootLifetime">How long root 1 is valid.</param>
/// <param name="TargetsLifetime">How long targets 1 is valid.</param>
/// <param name="IsConfirmed">True to ask nothing.</param>
internal sealed record InitRequest(IMetadataFormat Format, string? RootKey, string? TargetsKey, SignatureScheme Scheme, TimeSpan RootLifetime, TimeSpan TargetsLifetime, bool IsConfirmed)
{
    /// <summary>The hash bins over which targets is spread, or 0 for none.</summary>
    public int Bins { get; init; }
}
