using System.Collections.Concurrent;

namespace TrustService.Server.Telemetry;

/// <summary>What the server counts while it runs. Every label has a bounded set of values.</summary>
internal sealed class TrustMetrics
{
    private const int StatusCount = 600;
    private static readonly int ClassCount = Enum.GetValues<RouteClass>().Length;
    private readonly long[] requests = new long[ClassCount * StatusCount];
    private readonly LatencyHistogram[] latencies = [.. Enumerable.Range(0, ClassCount).Select(_ => new LatencyHistogram())];

    private int inProgress;

    /// <summary>Requests that are being worked on.</summary>
    public int InProgress => inProgress;

    /// <summary>Publishes by result: <c>published</c>, <c>unchanged</c> or the code of the refusal.</summary>
    public ConcurrentDictionary<string, long> Publishes { get; } = new();

    /// <summary>Renewals by result: <c>renewed</c> or the code of the refusal.</summary>
    public ConcurrentDictionary<string, long> Renewals { get; } = new();

    /// <summary>Counts a request in.</summary>
    public void BeginRequest() => Interlocked.Increment(ref inProgress);

    /// <summary>Counts an answered request out.</summary>
    public void EndRequest(RouteClass route, int status, TimeSpan duration)
    {
        Interlocked.Decrement(ref inProgress);
        Interlocked.Increment(ref requests[((int)route * StatusCount) + Math.Clamp(status, 0, StatusCount - 1)]);
        latencies[(int)route].Add(duration);
    }

    /// <summary>Adds one to a result.</summary>
    public static void Add(ConcurrentDictionary<string, long> results, string result) => results.AddOrUpdate(result, 1, (_, count) => count + 1);

    /// <summary>Durations of a class of requests.</summary>
    public LatencyHistogram Latency(RouteClass route) => latencies[(int)route];

    /// <summary>Requests by class and status, where there were any.</summary>
    public IEnumerable<(RouteClass Route, int Status, long Count)> Requests()
    {
        for (var i = 0; i < requests.Length; i++)
        {
            if (Interlocked.Read(ref requests[i]) is > 0 and var count)
                yield return ((RouteClass)(i / StatusCount), i % StatusCount, count);
        }
    }
}
