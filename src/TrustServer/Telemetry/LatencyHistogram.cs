namespace TrustService.Server.Telemetry;

/// <summary>How long something took, counted in buckets.</summary>
internal sealed class LatencyHistogram
{
    /// <summary>Upper bounds of the buckets in seconds.</summary>
    public static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly long[] counts = new long[Bounds.Length + 1];
    private long ticks;

    /// <summary>Sum of all durations in seconds.</summary>
    public double Sum => TimeSpan.FromTicks(Interlocked.Read(ref ticks)).TotalSeconds;

    /// <summary>Adds one duration.</summary>
    public void Add(TimeSpan duration)
    {
        var seconds = duration.TotalSeconds;
        var bucket = 0;
        while (bucket < Bounds.Length && seconds > Bounds[bucket])
            bucket++;
        Interlocked.Increment(ref counts[bucket]);
        Interlocked.Add(ref ticks, duration.Ticks);
    }

    /// <summary>Count of each bucket, the last one for everything above the bounds.</summary>
    public long[] Counts() => [.. counts.Select((_, i) => Interlocked.Read(ref counts[i]))];
}
