using System.Text.Json.Serialization;

namespace TrustService.LoadTool;

/// <summary>One kind of request on one server.</summary>
internal sealed record Measurement
{
    /// <summary>The product: <c>notary-server</c>, <c>TrustServer</c> or <c>TrustServer as Notary</c>.</summary>
    public required string Product { get; init; }

    /// <summary>Where it stores: <c>memory</c>, <c>SQLite</c> or <c>PostgreSQL</c>.</summary>
    public required string Storage { get; init; }

    /// <summary>The kind of request.</summary>
    public required string Request { get; init; }

    /// <summary>Requests that were answered as they should.</summary>
    public required long Succeeded { get; init; }

    /// <summary>All others.</summary>
    public required long Failed { get; init; }

    /// <summary>Time between the first request and the last answer, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Median latency, milliseconds.</summary>
    public required double P50 { get; init; }

    /// <summary>99th percentile of latency, milliseconds.</summary>
    public required double P99 { get; init; }

    /// <summary>CPU time of the server, microseconds for each request.</summary>
    public required double CpuPerRequest { get; init; }

    /// <summary>CPU time of PostgreSQL, microseconds for each request; null without PostgreSQL.</summary>
    public double? DatabaseCpuPerRequest { get; init; }

    /// <summary>Resident memory of the server afterwards, MiB.</summary>
    public required double ResidentMebibytes { get; init; }

    /// <summary>What the first failure was, or null.</summary>
    public string? FirstFailure { get; init; }

    /// <summary>Requests per second.</summary>
    [JsonIgnore]
    public double PerSecond => Succeeded / Seconds;
}
