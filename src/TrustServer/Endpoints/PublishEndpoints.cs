using TrustService.Server.Contracts;
using TrustService.Server.Services;

namespace TrustService.Server.Endpoints;

/// <summary>Publishing: <c>POST /tuf/{repository}/metadata</c>.</summary>
internal static class PublishEndpoints
{
    /// <summary>Reads the upload before anything is locked, then publishes it.</summary>
    public static Task PublishAsync(HttpContext context, TufPath path) =>
        context.RequestServices.GetRequiredService<PublishGate>().EnterAsync(() => ReadAndPublishAsync(context, path));

    private static async Task ReadAndPublishAsync(HttpContext context, TufPath path)
    {
        var services = context.RequestServices;
        var uploads = await services.GetRequiredService<UploadReader>().ReadAsync(context.Request, context.RequestAborted);
        var versions = await services.GetRequiredService<PublishService>().PublishAsync(path.Repository, uploads, context.User.Identity?.Name, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(new PublishAnswer(versions), ServerJsonContext.Readable.PublishAnswer, cancellationToken: context.RequestAborted);
    }
}
