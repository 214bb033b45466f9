using System.Globalization;
using TrustService.Errors;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>Writes errors as Notary clients read them.</summary>
internal static class NotaryErrors
{
    /// <summary>The error that a refusal is, outside of an update.</summary>
    public static NotaryError Of(TrustException refusal) => refusal switch
    {
        { Error: TrustError.RateLimited } => NotaryError.Other(StatusCodes.Status429TooManyRequests, "TOOMANYREQUESTS", "Too many requests.", Text(refusal)),
        { Info.HttpStatus: StatusCodes.Status503ServiceUnavailable } => NotaryError.Other(StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", "The server cannot answer at the moment.", Text(refusal)),
        { Info.HttpStatus: >= StatusCodes.Status500InternalServerError } => Unknown,
        { Error: TrustError.WrongFormat } => NotaryError.NotFound(Text(refusal)),
        { Error: TrustError.PublishConflict } => NotaryError.Version,
        _ => NotaryError.Unrouted,
    };

    /// <summary>The error of a request that the web server itself refuses to read.</summary>
    public static NotaryError Of(BadHttpRequestException refusal) => refusal.StatusCode switch
    {
        // 400, because clients show nothing of what comes with another status.
        StatusCodes.Status413PayloadTooLarge => NotaryError.InvalidUpdate(NotaryUpdateErrors.Validation, refusal.Message),
        _ => NotaryError.MalformedUpload(refusal.Message) with { Status = refusal.StatusCode },
    };

    /// <summary>The error of a status that no refusal explains.</summary>
    public static NotaryError Of(int status) => status switch
    {
        StatusCodes.Status404NotFound => NotaryError.Unrouted,
        >= StatusCodes.Status500InternalServerError => Unknown,
        _ => NotaryError.Other(status, "UNSUPPORTED", "The operation is unsupported."),
    };

    /// <summary>Writes <paramref name="error"/> as the answer.</summary>
    public static Task WriteAsync(HttpContext context, NotaryError error)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = NotaryError.ContentType;
        // What is not there may be there in a moment: clients ask for root before they begin a repository.
        response.Headers.CacheControl = "no-store";
        if (error.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = Problems.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        var body = error.ToBody();
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>What was found and what to do next.</summary>
    public static string Text(TrustException refusal) => refusal.Hint is null ? refusal.Message : $"{refusal.Message} {refusal.Hint}";

    private static NotaryError Unknown { get; } = new(StatusCodes.Status500InternalServerError, "UNKNOWN", "unknown error");
}
