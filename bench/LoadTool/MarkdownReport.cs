using System.Globalization;
using System.Text;

namespace TrustService.LoadTool;

/// <summary>Measurements as Markdown: a table for each kind of request, and the goals.</summary>
internal static class MarkdownReport
{
    /// <summary>Writes the report.</summary>
    public static string Write(IReadOnlyList<Measurement> measurements)
    {
        var report = new StringBuilder();
        foreach (var request in measurements.GroupBy(measurement => measurement.Request))
            WriteRequest(report, request.Key, [.. request]);
        foreach (var product in (string[])[ServerUnderTest.TrustServer, ServerUnderTest.TrustServerAsNotary])
            WriteGoals(report, product, measurements);
        return report.ToString();
    }

    private static void WriteRequest(StringBuilder report, string name, List<Measurement> servers)
    {
        report.Append(CultureInfo.InvariantCulture, $"### {char.ToUpperInvariant(name[0])}{name[1..]}\n\n");
        report.Append("| server | per second | p50 ms | p99 ms | server CPU µs | PostgreSQL CPU µs | RSS MiB | failed | throughput ratio |\n");
        report.Append("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        foreach (var server in servers)
        {
            var database = server.DatabaseCpuPerRequest is { } cpu ? Number(cpu) : "–";
            report.Append(CultureInfo.InvariantCulture, $"| {server.Product}, {server.Storage} | {Number(server.PerSecond)} | {server.P50:0.00} | {server.P99:0.00} | {Number(server.CpuPerRequest)} | {database} | {server.ResidentMebibytes:0} | {server.Failed} | {Ratio(server, servers)} |\n");
        }
        report.Append('\n');
        foreach (var failure in servers.Where(server => server.FirstFailure is not null))
            report.Append(CultureInfo.InvariantCulture, $"First failure of {failure.Product} ({failure.Storage}): {failure.FirstFailure}\n\n");
    }

    // PostgreSQL against PostgreSQL; what needs no installed database against each other.
    private static string Ratio(Measurement server, List<Measurement> servers)
    {
        var peer = servers.FirstOrDefault(other => other.Product == ServerUnderTest.Notary && IsPostgres(other) == IsPostgres(server));
        return peer is null || peer == server ? "1" : string.Create(CultureInfo.InvariantCulture, $"**{server.PerSecond / peer.PerSecond:0.0} ×**");
    }

    private static void WriteGoals(StringBuilder report, string product, IReadOnlyList<Measurement> all)
    {
        report.Append(CultureInfo.InvariantCulture, $"### Goals ({product} on PostgreSQL)\n\n| goal | measured | |\n|---|--:|---|\n");
        var ours = Find(all, product, true, Scenarios.CurrentTimestamp);
        Goal("current timestamp, requests per second: ≥ 5 × notary-server in memory", ours?.PerSecond / Find(all, ServerUnderTest.Notary, false, Scenarios.CurrentTimestamp)?.PerSecond, ratio => ratio >= 5);
        Goal("current timestamp, requests per second: ≥ 20 × notary-server on PostgreSQL", ours?.PerSecond / Find(all, ServerUnderTest.Notary, true, Scenarios.CurrentTimestamp)?.PerSecond, ratio => ratio >= 20);
        var publish = Find(all, product, true, Scenarios.ParallelPublishers);
        Goal("8 parallel publishers, median: ≤ 1/4 of notary-server on PostgreSQL", publish?.P50 / Find(all, ServerUnderTest.Notary, true, Scenarios.ParallelPublishers)?.P50, ratio => ratio <= 0.25);
        report.Append('\n');

        void Goal(string goal, double? ratio, Func<double, bool> isMet) =>
            report.Append(CultureInfo.InvariantCulture, $"| {goal} | {(ratio is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:0.00} ×") : "–")} | {(ratio is { } measured ? isMet(measured) ? "met" : "**not met**" : "not measured")} |\n");
    }

    private static Measurement? Find(IEnumerable<Measurement> all, string product, bool isPostgres, string request) =>
        all.FirstOrDefault(measurement => measurement.Product == product && IsPostgres(measurement) == isPostgres && measurement.Request == request);

    private static bool IsPostgres(Measurement measurement) => measurement.Storage == "PostgreSQL";

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
