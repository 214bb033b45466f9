namespace TrustService.LoadTool;

/// <summary>What is measured on every server, in this order.</summary>
internal static class Scenarios
{
    /// <summary>The name of the request of the first goal.</summary>
    public const string CurrentTimestamp = "current timestamp";

    /// <summary>The name of the request of the second goal.</summary>
    public const string ParallelPublishers = "8 publishers in parallel, 20 targets each";

    /// <summary>Measures everything on one server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="seconds">How long to read.</param>
    /// <param name="publishes">How often to publish in sequence.</param>
    /// <param name="only">Only requests whose name contains this.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<Measurement> RunAsync(
        ServerUnderTest server, int seconds, int publishes, string only, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadScenario[] reads =
        [
            new(CurrentTimestamp, 20, true, seconds),
            new("targets file of 20 targets, by version or hash", 20, false, seconds),
            new("targets file of 1000 targets, by version or hash", 1000, false, seconds),
        ];
        foreach (var read in reads.Where(read => read.Request.Contains(only, StringComparison.Ordinal)))
            yield return await read.RunAsync(server, cancellationToken);
        PublishScenario[] publishers =
        [
            new("publish in sequence, 20 targets", 20, 1, publishes, 500),
            new("publish in sequence, 1000 targets", 1000, 1, Math.Max(1, publishes / 2), 50),
            new(ParallelPublishers, 20, 8, publishes, 50),
        ];
        foreach (var publish in publishers.Where(publish => publish.Request.Contains(only, StringComparison.Ordinal)))
            yield return await publish.RunAsync(server, cancellationToken);
    }
}
