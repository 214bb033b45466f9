using Microsoft.Extensions.Primitives;
using TrustService.Server.Stores;

namespace TrustService.Server.Endpoints;

/// <summary>Answers with a published file: the bytes that were published, and nothing else.</summary>
internal static class FileAnswer
{
    private static readonly StringValues JsonType = "application/json";

    /// <summary>Answers a GET or HEAD; 304 if the client has the file already.</summary>
    /// <param name="context">The request.</param>
    /// <param name="file">The file.</param>
    /// <param name="caching">Value of <c>Cache-Control</c>.</param>
    public static Task WriteAsync(HttpContext context, StoredFile file, StringValues caching)
    {
        var response = context.Response;
        var headers = response.Headers;
        headers.ETag = file.ETag;
        headers.LastModified = file.LastModified;
        headers.CacheControl = caching;
        if (ConditionalRequest.HasVersion(context.Request.Headers.IfNoneMatch, file.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        headers.ContentType = JsonType;
        headers.ContentLength = file.Length;
        if (HttpMethods.IsHead(context.Request.Method))
            return Task.CompletedTask;
        var written = response.BodyWriter.WriteAsync(file.Data, context.RequestAborted);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }
}
