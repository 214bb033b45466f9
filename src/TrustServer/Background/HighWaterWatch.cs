using TrustService.Errors;
using TrustService.Server.Services;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Background;

/// <summary>Keeps the high-water mark up to date, and notices while the server runs that its database went back.</summary>
internal sealed class HighWaterWatch(RestoreGuard guard, Readiness readiness, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ILogger log = loggers.CreateLogger(Log.Category);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await WaitAsync(timer, stoppingToken))
        {
            // The start looks by itself, and waits until it may go on.
            if (readiness.IsPastHighWaterMark)
                await CheckAsync(stoppingToken);
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task CheckAsync(CancellationToken stoppingToken)
    {
        var wasRestored = guard.IsRestored;
        try
        {
            await guard.CheckAsync(stoppingToken);
            readiness.SetHighWaterMark(Readiness.Ok);
            if (wasRestored)
                Log.SignsAgain(log);
        }
        catch (TrustException e) when (e.Error == TrustError.DatabaseRestored)
        {
            readiness.SetHighWaterMark(e.Info.Title);
            if (!wasRestored)
                Log.DatabaseRestored(log, e.Info.Code, e.Message, e.Hint ?? "");
        }
        catch (TrustException e)
        {
            // Without an answer nothing is known; what was known last stays.
            Log.CannotCheckMark(log, e.Info.Code, Log.Reason(e));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
