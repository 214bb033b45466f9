using System.Diagnostics;
using TrustService.Errors;
using TrustService.Server.Background;
using TrustService.Server.Services;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints;

/// <summary>Metrics in the Prometheus text format.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Repositories whose expiries are shown: those that expire first.</summary>
    private const int MaxRepositories = 200;

    /// <summary>Maps the route.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", WriteAsync).WithName("Metrics").WithTags("Operations").WithMetadata(new RouteClassMetadata(RouteClass.Operations))
            .WithSummary("Prometheus metrics, text format 0.0.4.");

    private static async Task<IResult> WriteAsync(TrustMetrics metrics, IRepositoryCatalog catalog, Readiness readiness, RestoreGuard guard, CancellationToken cancellationToken)
    {
        var text = new PrometheusText();
        text.Metric("trust_build_info", "gauge", "Always 1; the label tells the version.").Value("trust_build_info", 1, ("version", ProductVersion.Text));
        text.Metric("trust_ready", "gauge", "1 once migrations and the renewal at start are done.").Value("trust_ready", readiness.IsStarted ? 1 : 0);
        text.Metric("trust_database_restored", "gauge", "1 while the database is older than what was published, so that nothing is signed.").Value("trust_database_restored", guard.IsRestored ? 1 : 0);
        WriteRequests(text, metrics);
        WriteResults(text, "trust_publishes_total", "Publishes by result.", metrics.Publishes);
        WriteResults(text, "trust_renewals_total", "Renewals of snapshot and timestamp by result.", metrics.Renewals);
        if (readiness.HasSchema)
            await WriteRepositoriesAsync(text, catalog, cancellationToken);
        WriteProcess(text);
        return TypedResults.Text(text.ToString(), PrometheusText.ContentType);
    }

    private static void WriteRequests(PrometheusText text, TrustMetrics metrics)
    {
        text.Metric("trust_requests_in_progress", "gauge", "Requests that are being worked on, this one included.").Value("trust_requests_in_progress", metrics.InProgress);
        text.Metric("trust_requests_total", "counter", "Answered requests by route and status.");
        foreach (var (route, status, count) in metrics.Requests())
            text.Value("trust_requests_total", count, ("route", Label(route)), ("status", status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        text.Metric("trust_request_duration_seconds", "histogram", "Time from the first byte of a request to the end of its answer.");
        foreach (var route in Enum.GetValues<RouteClass>())
            text.Histogram("trust_request_duration_seconds", metrics.Latency(route), ("route", Label(route)));
    }

    private static string Label(RouteClass route) => route switch
    {
        RouteClass.Metadata => "metadata",
        RouteClass.Publish => "publish",
        RouteClass.OnlineKeys => "keys",
        RouteClass.Management => "api",
        RouteClass.Operations => "operations",
        _ => "other",
    };

    private static void WriteResults(PrometheusText text, string name, string help, IEnumerable<KeyValuePair<string, long>> results)
    {
        text.Metric(name, "counter", help);
        foreach (var (result, count) in results.OrderBy(result => result.Key, StringComparer.Ordinal))
            text.Value(name, count, ("result", result));
    }

    private static async Task WriteRepositoriesAsync(PrometheusText text, IRepositoryCatalog catalog, CancellationToken cancellationToken)
    {
        text.Metric("trust_store_up", "gauge", "1 if the store answered this request.");
        try
        {
            var count = await catalog.CountAsync(cancellationToken);
            var soonest = await catalog.ListSoonestExpiringAsync(MaxRepositories, cancellationToken);
            var first = await catalog.FindSoonestExpiriesAsync(cancellationToken);
            text.Value("trust_store_up", 1);
            text.Metric("trust_repositories", "gauge", "Published repositories.").Value("trust_repositories", count);
            text.Metric("trust_metadata_soonest_expiry_timestamp_seconds", "gauge", "When the first metadata of a role expires, of all repositories.");
            if (first is not null)
            {
                foreach (var (role, expires) in ((string, DateTimeOffset)[])[("root", first.Root), ("targets", first.Targets), ("snapshot", first.Snapshot), ("timestamp", first.Timestamp)])
                    text.Value("trust_metadata_soonest_expiry_timestamp_seconds", expires.ToUnixTimeSeconds(), ("role", role));
            }
            text.Metric("trust_metadata_expiry_timestamp_seconds", "gauge", $"When a role's metadata expires, for the {MaxRepositories} repositories that expire first.");
            foreach (var repository in soonest)
            {
                foreach (var (role, head) in ((string, RoleHead)[])[("root", repository.Root), ("targets", repository.Targets), ("snapshot", repository.Snapshot), ("timestamp", repository.Timestamp)])
                    text.Value("trust_metadata_expiry_timestamp_seconds", head.Expires.ToUnixTimeSeconds(), ("repository", repository.Name.Value), ("role", role));
            }
        }
        catch (TrustException)
        {
            text.Value("trust_store_up", 0);
        }
    }

    private static void WriteProcess(PrometheusText text)
    {
        using var process = Process.GetCurrentProcess();
        text.Metric("process_cpu_seconds_total", "counter", "CPU time of the process.").Value("process_cpu_seconds_total", process.TotalProcessorTime.TotalSeconds);
        text.Metric("process_resident_memory_bytes", "gauge", "Resident memory of the process.").Value("process_resident_memory_bytes", process.WorkingSet64);
        text.Metric("process_start_time_seconds", "gauge", "When the process started.").Value("process_start_time_seconds", new DateTimeOffset(process.StartTime).ToUnixTimeSeconds());
    }
}
