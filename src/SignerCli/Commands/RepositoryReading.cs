using TrustService.Client;
using TrustService.Errors;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Reads a repository in order to show it, even if it has expired. Nothing that is read like this may be pulled.</summary>
/// <param name="Client">Searches the targets.</param>
/// <param name="Targets">The current targets.</param>
/// <param name="Expired">Why verifiers refuse the repository now, or null.</param>
internal sealed record RepositoryReading(TrustClient Client, TrustedTargets Targets, TrustException? Expired)
{
    /// <summary>Reads the repository; all checks are made, only expiry is noted instead of refused.</summary>
    /// <exception cref="TrustException">A coded refusal, but not <see cref="TrustError.Expired"/>.</exception>
    public static async Task<RepositoryReading> ReadAsync(RepositoryTrust trust, DateTimeOffset referenceTime, CancellationToken cancellationToken)
    {
        try
        {
            var client = trust.StartRun(referenceTime, new TrustClientOptions());
            return new RepositoryReading(client, await client.RefreshAsync(cancellationToken), null);
        }
        catch (TrustException e) when (e.Error == TrustError.Expired)
        {
            return await ReadExpiredAsync(trust, referenceTime, e, cancellationToken);
        }
    }

    /// <summary>Reads the repository and every target that resolves, even if a delegated role has expired.</summary>
    /// <param name="trust">The repository.</param>
    /// <param name="referenceTime">The time of the run, UTC.</param>
    /// <param name="path">The one target that is wanted, so that of hash bins only its own need be read; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException">A coded refusal, but not <see cref="TrustError.Expired"/>.</exception>
    public static async Task<(RepositoryReading Reading, IReadOnlyList<FoundTarget> All)> ReadAllAsync(RepositoryTrust trust, DateTimeOffset referenceTime, string? path, CancellationToken cancellationToken)
    {
        var reading = await ReadAsync(trust, referenceTime, cancellationToken);
        try
        {
            var all = await reading.ListAsync(path, cancellationToken);
            // Some clients leave out a role that has expired; whoever owns it has to see it.
            if (reading.Client.Skipped.Values.FirstOrDefault(skipped => skipped.Error == TrustError.Expired) is not { } left)
                return (reading, all);
            var whole = await ReadExpiredAsync(trust, referenceTime, left, cancellationToken);
            return (whole, await whole.ListAsync(path, cancellationToken));
        }
        catch (TrustException e) when (e.Error == TrustError.Expired)
        {
            var expired = await ReadExpiredAsync(trust, referenceTime, e, cancellationToken);
            return (expired, await expired.ListAsync(path, cancellationToken));
        }
    }

    private async Task<IReadOnlyList<FoundTarget>> ListAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null || Targets.Bins is null)
            return await Client.ListAsync(Targets, cancellationToken);
        return await Client.FindAsync(Targets, path, cancellationToken) is { } found ? [found] : [];
    }

    private static async Task<RepositoryReading> ReadExpiredAsync(RepositoryTrust trust, DateTimeOffset referenceTime, TrustException expired, CancellationToken cancellationToken)
    {
        var client = trust.StartRun(referenceTime, new TrustClientOptions { ChecksExpiry = false, ClockTolerance = null });
        return new RepositoryReading(client, await client.RefreshAsync(cancellationToken), expired);
    }
}
