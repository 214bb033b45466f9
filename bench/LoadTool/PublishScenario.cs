namespace TrustService.LoadTool;

/// <summary>Publishers that move one tag again and again, each in a repository of its own.</summary>
/// <param name="Request">Its name in the table.</param>
/// <param name="Targets">Targets of each repository.</param>
/// <param name="Publishers">Publishers at the same time.</param>
/// <param name="PublishesEach">Measured publishes of each one.</param>
/// <param name="WarmUps">Publishes of each one before the clock starts.</param>
internal sealed record PublishScenario(string Request, int Targets, int Publishers, int PublishesEach, int WarmUps)
{
    /// <summary>Runs it.</summary>
    public async Task<Measurement> RunAsync(ServerUnderTest server, CancellationToken cancellationToken)
    {
        var publishers = new List<Publisher>(Publishers);
        try
        {
            for (var i = 0; i < Publishers; i++)
                publishers.Add(await Publisher.PrepareAsync(server, $"bench.example/publish/{Targets}-{Publishers}-{i}", this, cancellationToken));
            // What preparing left behind is not to be collected while the clock runs.
            GC.Collect();
            return await MeasureAsync(server, publishers, cancellationToken);
        }
        finally
        {
            publishers.ForEach(publisher => publisher.Dispose());
        }
    }

    private async Task<Measurement> MeasureAsync(ServerUnderTest server, List<Publisher> publishers, CancellationToken cancellationToken)
    {
        var meter = server.StartMeter();
        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(publishers.Select(publisher => Task.Run(() => publisher.RunAsync(cancellationToken), cancellationToken)));
        var elapsed = TimeProvider.System.GetElapsedTime(start);
        List<double> latencies = [.. publishers.SelectMany(publisher => publisher.Latencies).Order()];
        var measurement = meter.Stop(
            Request,
            latencies.Count,
            publishers.Sum(publisher => publisher.Failed),
            elapsed.TotalSeconds,
            Percentile(latencies, 0.50),
            Percentile(latencies, 0.99),
            publishers.Select(publisher => publisher.FirstFailure).FirstOrDefault(failure => failure is not null));
        foreach (var publisher in publishers)
            await publisher.RequireServedAsync(cancellationToken);
        return measurement;
    }

    private static double Percentile(List<double> sorted, double fraction) =>
        sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(fraction * sorted.Count) - 1)];
}
