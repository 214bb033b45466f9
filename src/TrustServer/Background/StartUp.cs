using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Data;
using TrustService.Server.Hosting;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Options;
using TrustService.Server.Services;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Background;

/// <summary>Brings the server from its start to readiness, then renews what is due at regular times.</summary>
internal sealed class StartUp(
    SqlMigrator migrator, IServiceProvider services, IRepositoryCatalog catalog, HistoryPruner pruner, Readiness readiness, StartFacts facts, IServer server,
    IOptions<SigningOptions> signing, TimeProvider time, ILoggerFactory loggers, IHostApplicationLifetime lifetime) : BackgroundService
{
    private const int FirstRetrySeconds = 1;
    private const int MaxRetrySeconds = 30;

    // Two servers on one database come at different times, and seldom do the same work twice.
    private const double Jitter = 0.1;

    private readonly ILogger log = loggers.CreateLogger(Log.Category);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartAndRenewAsync(stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The host stops without its background work; whoever supervises the process must see that it failed.
            Log.Crashed(log, e);
            Environment.ExitCode = (int)Outcome.Failure;
            throw;
        }
    }

    private async Task StartAndRenewAsync(CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        facts.Log(log);
        lifetime.ApplicationStopping.Register(() => Log.Stopping(log, (int)KestrelSetup.StopTime.TotalSeconds));
        // Not cancelled half way: a start that is given up leaves the schema as it was or as it is to be.
        await RepeatUntilDoneAsync(() => migrator.MigrateAsync(CancellationToken.None), readiness.SetSchema, stoppingToken);
        await RepeatUntilDoneAsync(OpenMasterKey, readiness.SetMasterKey, stoppingToken);
        await RepeatUntilDoneAsync(() => services.GetRequiredService<RestoreGuard>().CheckAsync(stoppingToken), readiness.SetHighWaterMark, stoppingToken);
        var renewer = services.GetRequiredService<MetadataRenewer>();
        var report = default(RenewalReport);
        var repositories = 0L;
        await RepeatUntilDoneAsync(
            async () =>
            {
                repositories = await catalog.CountAsync(stoppingToken);
                report = await renewer.RenewDueAsync(stoppingToken);
            },
            readiness.SetRenewal,
            stoppingToken);
        var seconds = time.GetElapsedTime(started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Log.Ready(log, report.Renewed, repositories, await UrlsAsync(stoppingToken), seconds);
        await RenewForEverAsync(renewer, stoppingToken);
    }

    // Without it nothing can be signed, but everything that is published can still be read.
    private Task OpenMasterKey()
    {
        services.GetRequiredService<MasterKey>();
        return Task.CompletedTask;
    }

    /// <summary>A database or key that is not there yet is waited for; the state tells why the server is not ready.</summary>
    private async Task RepeatUntilDoneAsync(Func<Task> work, Action<string> setState, CancellationToken stoppingToken)
    {
        for (var wait = FirstRetrySeconds; ; wait = Math.Min(wait * 2, MaxRetrySeconds))
        {
            try
            {
                await work();
                setState(Readiness.Ok);
                return;
            }
            catch (TrustException e) when (e.Error is TrustError.StoreUnavailable or TrustError.OnlineKeyUnavailable or TrustError.DatabaseRestored or TrustError.LocalFile)
            {
                setState(e.Info.Title);
                Log.NotReady(log, $"{Log.Reason(e).TrimEnd('.')}. {e.Hint}".TrimEnd(), wait);
                await Task.Delay(TimeSpan.FromSeconds(wait), time, stoppingToken);
            }
        }
    }

    private async Task RenewForEverAsync(MetadataRenewer renewer, CancellationToken stoppingToken)
    {
        while (true)
        {
            var interval = TimeSpan.FromMinutes(signing.Value.RenewIntervalMinutes);
#pragma warning disable CA5394 // Only spreads the load.
            await Task.Delay(interval * (1 + (Jitter * Random.Shared.NextDouble())), time, stoppingToken);
#pragma warning restore CA5394
            try
            {
                await renewer.RenewDueAsync(stoppingToken);
                await pruner.PruneAsync(stoppingToken);
            }
#pragma warning disable CA1031 // What is published can still be read, and the next round may succeed.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.RenewalStopped(log, (e as TrustException)?.Info.Code ?? Log.Unforeseen, Log.Reason(e));
            }
        }
    }

    private async Task<string> UrlsAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource();
        using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(stoppingToken);
        return string.Join(", ", server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
    }
}
