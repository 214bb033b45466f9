using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrustService.Server.Contracts;

/// <summary>How answers are written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrustProblem))]
[JsonSerializable(typeof(PublishAnswer))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(RepositoryPage))]
[JsonSerializable(typeof(RepositoryDetail))]
[JsonSerializable(typeof(HistoryPage))]
[JsonSerializable(typeof(PendingPage))]
[JsonSerializable(typeof(PendingItem))]
[JsonSerializable(typeof(ChangePage))]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class ServerJsonContext : JsonSerializerContext
{
    /// <summary>The context with text as it is: answers are never part of a web page.</summary>
    public static ServerJsonContext Readable { get; } = new(Configure(new JsonSerializerOptions()));

    /// <summary>Sets how answers are written.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
