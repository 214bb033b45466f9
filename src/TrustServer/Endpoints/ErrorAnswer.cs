using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Endpoints.Notary;
using TrustService.Server.Options;

namespace TrustService.Server.Endpoints;

/// <summary>Writes an error in the words of the client that asked: problem details, or those of the Notary wire below <c>/v2</c>.</summary>
internal static class ErrorAnswer
{
    /// <summary>Answers with a refusal.</summary>
    public static Task WriteAsync(HttpContext context, TrustException refusal) =>
        IsForNotary(context) ? NotaryErrors.WriteAsync(context, NotaryErrors.Of(refusal)) : Problems.WriteAsync(context, Problems.Of(refusal));

    /// <summary>Answers to a request that the web server itself refuses to read.</summary>
    public static Task WriteAsync(HttpContext context, BadHttpRequestException refusal) =>
        IsForNotary(context) ? NotaryErrors.WriteAsync(context, NotaryErrors.Of(refusal)) : Problems.WriteAsync(context, Problems.Of(refusal));

    /// <summary>Answers with a status that no refusal explains.</summary>
    public static Task WriteAsync(HttpContext context, int status)
    {
        if (!IsForNotary(context))
            return Problems.WriteAsync(context, Problems.Of(status, context));
        if (status != StatusCodes.Status405MethodNotAllowed)
            return NotaryErrors.WriteAsync(context, NotaryErrors.Of(status));
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static bool IsForNotary(HttpContext context) =>
        NotaryPath.IsOfNotary(context.Request.Path) && context.RequestServices.GetRequiredService<IOptions<NotaryOptions>>().Value.Enabled;
}
