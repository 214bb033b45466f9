namespace TrustService.Server.Endpoints.Notary;

/// <summary>Answers of the Notary routes that are no metadata.</summary>
internal static class NotaryAnswer
{
    /// <summary>Writes JSON that nobody may keep.</summary>
    public static Task WriteAsync(HttpContext context, int status, byte[] json)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = json.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}
