using System.Text.Json.Serialization;

namespace TrustService.LoadTool;

/// <summary>Measurements as lines of JSON.</summary>
[JsonSerializable(typeof(Measurement))]
internal sealed partial class MeasurementJsonContext : JsonSerializerContext;
