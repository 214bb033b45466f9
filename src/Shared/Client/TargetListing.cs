using TrustService.Errors;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>Every target of a repository that resolves, each as <see cref="TrustClient.FindAsync"/> finds it.</summary>
public static class TargetListing
{
    // Paths times the characters of all patterns that each may be compared with: whoever has one delegated key can list many of both.
    private const long MaxWork = 500_000_000;
    private const long MaxWorkForHint = 5_000_000;

    /// <summary>Finds every target.</summary>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.DelegationLimit"/> where it would take very long.</exception>
    public static async Task<IReadOnlyList<FoundTarget>> ReadAsync(TrustClient client, TrustedTargets top, CancellationToken cancellationToken) =>
        await ReadAsync(client, top, MaxWork, cancellationToken).ConfigureAwait(false)
            ?? throw new TrustException(TrustError.DelegationLimit, "The repository has so many targets and patterns of delegations that they cannot be listed.");

    /// <summary>Finds every target for a hint.</summary>
    /// <returns>Null if it takes longer than a hint is worth.</returns>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static Task<IReadOnlyList<FoundTarget>?> TryReadAsync(TrustClient client, TrustedTargets top, CancellationToken cancellationToken) =>
        ReadAsync(client, top, MaxWorkForHint, cancellationToken);

    private static async Task<IReadOnlyList<FoundTarget>?> ReadAsync(TrustClient client, TrustedTargets top, long maxWork, CancellationToken cancellationToken)
    {
        var roles = (await client.ReadAllRolesAsync(top, cancellationToken).ConfigureAwait(false)).Select(reading => reading.Trusted?.Metadata.Signed).OfType<Metadata.Targets>().ToList();
        var paths = new SortedSet<string>(roles.SelectMany(role => role.TargetFiles.Keys), StringComparer.Ordinal);
        if (paths.Count * roles.Sum(role => role.Delegations?.PatternLength ?? 0) > maxWork)
            return null;
        var found = new List<FoundTarget>(paths.Count);
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A role may list more than it may speak for; only what a search finds counts.
            if (await client.FindAsync(top, path, cancellationToken).ConfigureAwait(false) is { } target)
                found.Add(target);
        }
        return found;
    }
}
