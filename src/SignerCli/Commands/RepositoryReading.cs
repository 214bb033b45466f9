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

    /// <summary>Reads it again, for an owner who has to see what has expired.</summary>
    /// <param name="trust">The repository.</param>
    /// <param name="referenceTime">The time of the run, UTC.</param>
    /// <param name="expired">Why verifiers refuse it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException">A coded refusal, but not <see cref="TrustError.Expired"/>.</exception>
    public static async Task<RepositoryReading> ReadExpiredAsync(RepositoryTrust trust, DateTimeOffset referenceTime, TrustException expired, CancellationToken cancellationToken)
    {
        var client = trust.StartRun(referenceTime, new TrustClientOptions { ChecksExpiry = false, ClockTolerance = null });
        return new RepositoryReading(client, await client.RefreshAsync(cancellationToken), expired);
    }
}
