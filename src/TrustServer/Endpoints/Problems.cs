using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using TrustService.Errors;
using TrustService.Server.Contracts;

namespace TrustService.Server.Endpoints;

/// <summary>Writes errors as problem details.</summary>
internal static class Problems
{
    /// <summary>Seconds after which a client that is refused for load or a missing store may come again.</summary>
    public const int RetryAfterSeconds = 2;

    /// <summary>The problem that a refusal is.</summary>
    public static TrustProblem Of(TrustException refusal) => new()
    {
        Title = refusal.Info.Title,
        Status = refusal.Info.HttpStatus,
        Code = refusal.Info.Code,
        Detail = refusal.Message,
        Hint = refusal.Hint,
        Role = refusal.Role,
        Versions = refusal.Versions,
    };

    /// <summary>The problem of a status that no refusal explains.</summary>
    public static TrustProblem Of(int status, HttpContext context) => status switch
    {
        StatusCodes.Status404NotFound => Plain(status, "route-unknown", "No such route.", "There is nothing under this path."),
        StatusCodes.Status405MethodNotAllowed => Plain(status, "method-not-allowed", "The method is not allowed here.", $"{context.Request.Method} is not one of the methods of this path: {context.Response.Headers.Allow}."),
        StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status408RequestTimeout => Plain(status, CodeOf(status), "The request cannot be read.", null),
        StatusCodes.Status415UnsupportedMediaType => Plain(status, "unsupported-media-type", "The request's media type is not understood.", null),
        _ => Plain(status, status < 500 ? "malformed-request" : "internal-error", status < 500 ? "The request cannot be answered." : "The server failed.", null),
    };

    /// <summary>The problem of a request that the web server itself refuses to read.</summary>
    public static TrustProblem Of(BadHttpRequestException refusal) =>
        Plain(refusal.StatusCode, CodeOf(refusal.StatusCode), "The request cannot be read.", refusal.Message);

    /// <summary>Writes <paramref name="problem"/> as the answer.</summary>
    public static Task WriteAsync(HttpContext context, TrustProblem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = TrustProblem.ContentType;
        response.Headers.CacheControl = context.Features.Get<ProblemCaching>()?.CacheControl ?? "no-store";
        if (problem.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // The rest of a body that is refused is not worth reading.
        if (problem.Status == StatusCodes.Status413PayloadTooLarge && HttpProtocol.IsHttp11(context.Request.Protocol))
            response.Headers.Connection = "close";
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, ServerJsonContext.Readable.TrustProblem);
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => TrustErrors.Describe(TrustError.TooLarge).Code,
        StatusCodes.Status408RequestTimeout => "too-slow",
        _ => TrustErrors.Describe(TrustError.MalformedRequest).Code,
    };

    private static TrustProblem Plain(int status, string code, string title, string? detail) => new() { Status = status, Code = code, Title = title, Detail = detail };
}
