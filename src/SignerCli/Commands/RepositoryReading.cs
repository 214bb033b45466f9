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
            var client = trust.StartRun(DateTimeOffset.MinValue, new TrustClientOptions { ClockTolerance = null });
            return new RepositoryReading(client, await client.RefreshAsync(cancellationToken), e);
        }
    }
}
