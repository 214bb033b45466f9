using System.Globalization;
using System.Text;

namespace TrustService.Server.Telemetry;

/// <summary>Writes the Prometheus text format 0.0.4.</summary>
internal sealed class PrometheusText
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new();

    /// <summary>Begins a metric.</summary>
    public PrometheusText Metric(string name, string type, string help)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        return this;
    }

    /// <summary>Adds a value.</summary>
    public PrometheusText Value(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        text.Append(name);
        for (var i = 0; i < labels.Length; i++)
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        text.Append(CultureInfo.InvariantCulture, $"{(labels.IsEmpty ? "" : "}")} {value}\n");
        return this;
    }

    /// <summary>Adds a histogram's values.</summary>
    public void Histogram(string name, LatencyHistogram histogram, (string Name, string Value) label)
    {
        long total = 0;
        var counts = histogram.Counts();
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            var bound = i < LatencyHistogram.Bounds.Length ? LatencyHistogram.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            Value(name + "_bucket", total, label, ("le", bound));
        }
        Value(name + "_sum", histogram.Sum, label);
        Value(name + "_count", total, label);
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
