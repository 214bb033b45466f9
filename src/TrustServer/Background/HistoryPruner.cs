using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Options;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Background;

/// <summary>Removes files that were replaced long ago, and parked ones that nobody signs. Roots, and whatever a current timestamp can reach, stay.</summary>
internal sealed class HistoryPruner(IMetadataStore store, IPendingStore pending, IOptions<LimitOptions> limits, TimeProvider time, ILoggerFactory loggers)
{
    // Small batches: each one holds the database's attention for a moment only.
    private const int BatchSize = 500;
    private const int MaxBatches = 200;

    private readonly ILogger log = loggers.CreateLogger(Log.Category);

    /// <summary>Removes what is older than the setting allows; what a round does not reach is left for the next.</summary>
    /// <returns>How many files were removed.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/></exception>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await pending.PruneAsync(now - TimeSpan.FromDays(limits.Value.PendingDays), now - PendingStore.HomelessLifetime, cancellationToken);
        if (limits.Value.HistoryDays == 0)
            return 0;
        var replacedBefore = now - TimeSpan.FromDays(limits.Value.HistoryDays);
        var removed = 0;
        for (var batch = 0; batch < MaxBatches; batch++)
        {
            var count = await store.PruneAsync(replacedBefore, BatchSize, cancellationToken);
            removed += count;
            if (count < BatchSize)
                break;
        }
        if (removed > 0)
            Log.Pruned(log, removed, limits.Value.HistoryDays);
        return removed;
    }
}
