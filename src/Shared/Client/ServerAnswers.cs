using System.Net;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Json;

namespace TrustService.Client;

/// <summary>Turns answers of a trust server that are no success into coded refusals.</summary>
internal static class ServerAnswers
{
    private static readonly Dictionary<string, TrustError> Codes =
        Enum.GetValues<TrustError>().ToDictionary(error => TrustErrors.Describe(error).Code, StringComparer.Ordinal);

    /// <summary>The refusal that an answer carries as problem+json, or one made from its status. Source: RFC 9457.</summary>
    public static TrustException Explain(HttpAnswer answer) =>
        Problem(answer) is { } problem && ErrorOf(problem) is { } error
            ? new TrustException(error, $"The trust server at {HostOf(answer)} refuses: {Text(problem, "detail") ?? TrustErrors.Describe(error).Title}") { Hint = Text(problem, "hint"), Role = Text(problem, "role") }
            : ExplainStatus(answer);

    /// <summary>The refusal that a status alone is.</summary>
    public static TrustException ExplainStatus(HttpAnswer answer)
    {
        var host = HostOf(answer);
        return answer.Status switch
        {
            HttpStatusCode.Unauthorized => new TrustException(TrustError.Unauthorized, $"The trust server at {host} asks for authentication."),
            HttpStatusCode.TooManyRequests => new TrustException(TrustError.RateLimited, $"The trust server at {host} asks to slow down."),
            >= HttpStatusCode.InternalServerError => new TrustException(TrustError.ServerUnreachable, $"The trust server at {host} has a problem: status {(int)answer.Status}.") { Hint = "Nothing was decided. Try again later." },
            _ => new TrustException(TrustError.ServerRefused, $"The trust server at {host} answered with status {(int)answer.Status}, which is no answer of a trust server.") { Hint = "Check the address of the trust server (--server)." },
        };
    }

    /// <summary>
    /// The refusal of a read. A server may say that it cannot or will not answer; what metadata is worth is decided here
    /// alone, so its other codes do not count: one that says "expired" must not pass for a finding of the chain.
    /// </summary>
    public static TrustException ExplainRead(HttpAnswer answer)
    {
        var refusal = Explain(answer);
        return refusal.Info.Outcome is Outcome.Unreachable or Outcome.Unsigned or Outcome.Usage
            ? refusal
            : new TrustException(TrustError.ServerRefused, refusal.Message) { Hint = refusal.Hint };
    }

    /// <summary>The server that gave an answer, for messages.</summary>
    public static string HostOf(HttpAnswer answer) => answer.Uri.GetLeftPart(UriPartial.Authority);

    /// <summary>True if an answer carries a code of the error table.</summary>
    public static bool IsCoded(HttpAnswer answer) => Problem(answer) is { } problem && ErrorOf(problem) is not null;

    /// <summary>An address without its final slash.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if it is none.</exception>
    public static string RequireAddress(string server) =>
        Uri.TryCreate(server, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.Query.Length == 0 && uri.Fragment.Length == 0
            ? server.TrimEnd('/')
            : throw NoAddress(server);

    /// <summary>The refusal of an address.</summary>
    public static TrustException NoAddress(string text) =>
        new(TrustError.Usage, $"\"{text}\" is not the address of a trust server.") { Hint = "An address is like https://trust.example.com." };

    private static TrustError? ErrorOf(JsonElement problem) =>
        Text(problem, "code") is { } code && Codes.TryGetValue(code, out var error) ? error : null;

    private static JsonElement? Problem(HttpAnswer answer) =>
        answer.ContentType?.StartsWith("application/problem+json", StringComparison.OrdinalIgnoreCase) == true ? BodyOf(answer) : null;

    /// <summary>The JSON object that the body of a refusal is, or null.</summary>
    public static JsonElement? BodyOf(HttpAnswer answer)
    {
        try
        {
            return StrictJson.Parse(answer.Body.Span, JsonLimits.OfBytes(HttpLimits.MaxErrorBodyBytes)) is { ValueKind: JsonValueKind.Object } body ? body : null;
        }
        catch (TrustException)
        {
            return null;
        }
    }

    /// <summary>A member that is a text, or null. It ends up on a terminal: control characters stay out.</summary>
    public static string? Text(JsonElement problem, string member) =>
        problem.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? new string([.. value.GetString()!.Take(1000).Where(c => !char.IsControl(c))])
            : null;
}
