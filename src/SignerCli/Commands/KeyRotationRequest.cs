using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>How keys are replaced.</summary>
/// <param name="NewKey">What the caller calls the new key, or null to make one.</param>
/// <param name="Former">What the caller calls the key that goes, or null if it is the only one, or the only one here.</param>
/// <param name="Scheme">The kind of a key that is made.</param>
/// <param name="Lifetime">How long targets roles that are signed anew are valid.</param>
/// <param name="RootLifetime">How long the next root is valid.</param>
internal sealed record KeyRotationRequest(string? NewKey, string? Former, SignatureScheme Scheme, TimeSpan Lifetime, TimeSpan RootLifetime);
