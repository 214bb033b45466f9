using System.Text.Json;

namespace TrustService.Cli.Tests.Support;

/// <summary>How a run ended and what it printed.</summary>
internal sealed record SignerRun(int ExitCode, string Results, string Messages)
{
    /// <summary>Standard output as the one JSON document that it must be.</summary>
    public JsonElement Json => JsonDocument.Parse(Results).RootElement;

    /// <summary>The error code of a refusal.</summary>
    public string? ErrorCode
    {
        get
        {
            var json = Json.ValueKind == JsonValueKind.Array ? Json[0] : Json;
            return json.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;
        }
    }
}
