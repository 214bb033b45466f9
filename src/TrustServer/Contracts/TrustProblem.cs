using System.Text.Json.Serialization;

namespace TrustService.Server.Contracts;

/// <summary>An error as RFC 9457 problem details. <c>code</c> is stable; the texts are for people.</summary>
internal sealed record TrustProblem
{
    /// <summary>Media type of a problem.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>URN of the kind of problem: <c>urn:trust:error:</c> and the code.</summary>
    [JsonPropertyOrder(0)]
    public string Type => $"urn:trust:error:{Code}";

    /// <summary>The kind of problem in one sentence.</summary>
    [JsonPropertyOrder(1)]
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    [JsonPropertyOrder(2)]
    public required int Status { get; init; }

    /// <summary>Stable code in lower-case words with hyphens.</summary>
    [JsonPropertyOrder(3)]
    public required string Code { get; init; }

    /// <summary>What was found and what was needed.</summary>
    [JsonPropertyOrder(4)]
    public string? Detail { get; init; }

    /// <summary>What to do next.</summary>
    [JsonPropertyOrder(5)]
    public string? Hint { get; init; }

    /// <summary>The role whose metadata is refused.</summary>
    [JsonPropertyOrder(6)]
    public string? Role { get; init; }

    /// <summary>The repository's current versions, where a version is what was refused.</summary>
    [JsonPropertyOrder(7)]
    public IReadOnlyDictionary<string, long>? Versions { get; init; }
}
