namespace TrustService.LoadTool;

/// <summary>CPU time that a server and its database use while something is measured.</summary>
internal sealed class CpuMeter(ServerUnderTest server)
{
    private readonly long serverBefore = ProcessTree.CpuMicroseconds(server.ProcessId);
    private readonly long? databaseBefore = server.DatabaseProcessId is { } id ? ProcessTree.CpuMicroseconds(id) : null;

    /// <summary>Makes the measurement of what happened since.</summary>
    /// <param name="request">The kind of request.</param>
    /// <param name="succeeded">Requests that were answered as they should.</param>
    /// <param name="failed">All others.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="p50">Median latency, milliseconds.</param>
    /// <param name="p99">99th percentile of latency, milliseconds.</param>
    /// <param name="firstFailure">What the first failure was.</param>
    public Measurement Stop(string request, long succeeded, long failed, double seconds, double p50, double p99, string? firstFailure)
    {
        double requests = Math.Max(1, succeeded + failed);
        return new Measurement
        {
            Product = server.Product,
            Storage = server.Storage,
            Request = request,
            Succeeded = succeeded,
            Failed = failed,
            Seconds = seconds,
            P50 = p50,
            P99 = p99,
            CpuPerRequest = (ProcessTree.CpuMicroseconds(server.ProcessId) - serverBefore) / requests,
            DatabaseCpuPerRequest = databaseBefore is { } before ? (ProcessTree.CpuMicroseconds(server.DatabaseProcessId!.Value) - before) / requests : null,
            ResidentMebibytes = ProcessTree.ResidentBytes(server.ProcessId) / (1024.0 * 1024.0),
            FirstFailure = firstFailure,
        };
    }
}
