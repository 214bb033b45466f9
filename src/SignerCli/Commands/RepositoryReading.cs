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
    /// <exception cref="TrustException">A coded refusal, but not <see cref="TrustError.Expired"/>.</exception>
    public static async Task<(RepositoryReading Reading, IReadOnlyList<FoundTarget> All)> ReadAllAsync(RepositoryTrust trust, DateTimeOffset referenceTime, CancellationToken cancellationToken)
    {
        var reading = await ReadAsync(trust, referenceTime, cancellationToken);
        try
        {
            var all = await reading.Client.ListAsync(reading.Targets, cancellationToken);
            // Some clients leave out a role that has expired; whoever owns it has to see it.
            if (reading.Client.Skipped.Values.FirstOrDefault(skipped => skipped.Error == TrustError.Expired) is not { } left)
                return (reading, all);
            var whole = await ReadExpiredAsync(trust, referenceTime, left, cancellationToken);
            return (whole, await whole.Client.ListAsync(whole.Targets, cancellationToken));
        }
        catch (TrustException e) when (e.Error == TrustError.Expired)
        {
            var expired = await ReadExpiredAsync(trust, referenceTime, e, cancellationToken);
            return (expired, await expired.Client.ListAsync(expired.Targets, cancellationToken));
        }
    }

    private static async Task<RepositoryReading> ReadExpiredAsync(RepositoryTrust trust, DateTimeOffset referenceTime, TrustException expired, CancellationToken cancellationToken)
    {
        var client = trust.StartRun(referenceTime, new TrustClientOptions { ChecksExpiry = false, ClockTolerance = null });
        return new RepositoryReading(client, await client.RefreshAsync(cancellationToken), expired);
    }
}
