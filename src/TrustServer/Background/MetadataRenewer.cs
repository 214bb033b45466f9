using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Options;
using TrustService.Server.Services;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Background;

/// <summary>Signs timestamps and snapshots anew before they expire. No request ever does.</summary>
internal sealed class MetadataRenewer(
    IRepositoryCatalog catalog, IMetadataStore store, PublishService publisher, IOptions<SigningOptions> signing, TrustMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    private const int PageSize = 100;
    private const int MaxWarnings = 20;

    private readonly SigningOptions options = signing.Value;
    private readonly ILogger log = loggers.CreateLogger(Log.Category);

    /// <summary>Renews whatever is due, one repository after the other.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>; what was renewed until then stays renewed.</exception>
    public async Task<RenewalReport> RenewDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (renewed, refused, lastId) = (0, 0, 0L);
        while (await catalog.ListExpiringAsync(now + options.TimestampRenewBefore, now + options.SnapshotRenewBefore, lastId, PageSize, cancellationToken) is { Count: > 0 } due)
        {
            foreach (var repository in due)
            {
                lastId = repository.Id;
                switch (await RenewAsync(repository, isLogged: refused < MaxWarnings, cancellationToken))
                {
                    case true: renewed++; break;
                    case false: refused++; break;
                }
            }
        }
        if (refused > MaxWarnings)
            Log.CannotRenewMore(log, refused - MaxWarnings);
        return new RenewalReport(renewed, refused);
    }

    /// <returns>Null if another server was first.</returns>
    private async Task<bool?> RenewAsync(RepositoryRecord repository, bool isLogged, CancellationToken cancellationToken)
    {
        try
        {
            if (await publisher.RenewAsync(repository.Name, cancellationToken) is not { } record)
                return null;
            TrustMetrics.Add(metrics.Renewals, "renewed");
            Log.Renewed(log, record.Name.Value, $"snapshot {record.Snapshot.Version}, timestamp {record.Timestamp.Version}", $"{record.Timestamp.Expires:u}");
            return true;
        }
#pragma warning disable CA1031 // One repository that cannot be read must not keep the others from renewal.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var code = (e as TrustException)?.Info.Code ?? Log.Unforeseen;
            TrustMetrics.Add(metrics.Renewals, code);
            if (isLogged)
                Log.CannotRenew(log, repository.Name.Value, code, Log.Reason(e));
            // Without a database there is nothing to go on with.
            if (e is TrustException { Error: TrustError.StoreUnavailable })
                await store.PingAsync(cancellationToken);
            return false;
        }
    }
}
