using System.Diagnostics;
using System.Globalization;

namespace TrustService.LoadTool;

/// <summary>16 connections that read one file again and again, driven by <c>wrk</c>.</summary>
/// <param name="Request">Its name in the table.</param>
/// <param name="Targets">Targets of the repository.</param>
/// <param name="IsTimestamp">True to read the current timestamp, false to read a targets file by its version (TUF) or hash (Notary).</param>
/// <param name="Seconds">How long to measure.</param>
internal sealed record ReadScenario(string Request, int Targets, bool IsTimestamp, int Seconds)
{
    private const int WarmUpSeconds = 3;

    /// <summary>Runs it.</summary>
    public async Task<Measurement> RunAsync(ServerUnderTest server, CancellationToken cancellationToken)
    {
        using var http = server.Connect();
        var repository = await server.CreateRepositoryAsync(http, $"bench.example/read/{Targets}-{(IsTimestamp ? "timestamp" : "targets")}", Targets, cancellationToken);
        var path = await PublishAsync(http, repository, cancellationToken);
        var address = new Uri(server.Address, path);
        await WrkAsync(address, WarmUpSeconds, cancellationToken);
        var meter = server.StartMeter();
        var summary = await WrkAsync(address, Seconds, cancellationToken);
        var failed = summary[4];
        return meter.Stop(Request, summary[0] - failed, failed, summary[1] / 1e6, summary[2] / 1e3, summary[3] / 1e3, failed == 0 ? null : "counted by wrk: no answer, or a status other than 2xx and 3xx");
    }

    private async Task<string> PublishAsync(HttpClient http, OwnedRepository repository, CancellationToken cancellationToken)
    {
        var upload = repository.First();
        using var content = new ByteArrayContent(upload.Body);
        content.Headers.TryAddWithoutValidation("Content-Type", upload.ContentType);
        using var response = await http.PostAsync(new Uri(repository.PublishPath, UriKind.Relative), content, cancellationToken);
        response.EnsureSuccessStatusCode();
        // Once before wrk: notary-server on SQL can crash when several connections ask for a hash that it has not cached.
        var served = await http.GetByteArrayAsync(upload.TargetsPath, cancellationToken);
        if (!served.AsSpan().SequenceEqual(upload.TargetsFile))
            throw new InvalidOperationException($"{upload.TargetsPath} is not what was published.");
        return IsTimestamp ? repository.TimestampPath : upload.TargetsPath;
    }

    // Requests, microseconds, p50 and p99 in microseconds, failed requests.
    private static async Task<long[]> WrkAsync(Uri address, int seconds, CancellationToken cancellationToken)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "summary.lua");
        using var wrk = new Process
        {
            StartInfo = new ProcessStartInfo("wrk", ["-t1", "-c16", string.Create(CultureInfo.InvariantCulture, $"-d{seconds}s"), "-s", script, address.ToString()]) { RedirectStandardOutput = true },
        };
        wrk.Start();
        var output = await wrk.StandardOutput.ReadToEndAsync(cancellationToken);
        await wrk.WaitForExitAsync(cancellationToken);
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("summary ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk measured nothing: {output}");
        return [.. line.Split(' ').Skip(1).Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
    }
}
