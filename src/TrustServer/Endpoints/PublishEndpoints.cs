using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Server.Contracts;
using TrustService.Server.Services;

namespace TrustService.Server.Endpoints;

/// <summary>Publishing: <c>POST /tuf/{repository}/metadata</c>.</summary>
internal static class PublishEndpoints
{
    private const string Extension = ".json";
    /// <summary>What an upload may hold on this surface.</summary>
    internal static readonly UploadRules Rules = new() { RoleOf = RoleOf };

    /// <summary>Reads the upload before anything is locked, then publishes it.</summary>
    public static Task PublishAsync(HttpContext context, TufPath path) =>
        context.RequestServices.GetRequiredService<PublishGate>().EnterAsync(() => ReadAndPublishAsync(context, path));

    private static async Task ReadAndPublishAsync(HttpContext context, TufPath path)
    {
        var services = context.RequestServices;
        var uploads = await services.GetRequiredService<UploadReader>().ReadAsync(context.Request, Rules, context.RequestAborted);
        var versions = await services.GetRequiredService<PublishService>().PublishAsync(path.Repository, TufFormat.Instance, uploads, context.User.Identity?.Name, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(new PublishAnswer(versions), ServerJsonContext.Readable.PublishAnswer, cancellationToken: context.RequestAborted);
    }

    private static RoleName RoleOf(string name)
    {
        if (name.Length == 0)
            throw new TrustException(TrustError.MalformedRequest, "A part has no file name that can be read; the file name says which role the part is for.");
        if (name.EndsWith(Extension, StringComparison.Ordinal))
            name = name[..^Extension.Length];
        if (name is "snapshot" or "timestamp")
            throw new TrustException(TrustError.MalformedRequest, $"{name} is made and signed by the server; upload root, targets and delegated roles only.") { Role = name };
        return name is "root" or "targets" ? RoleName.Parse(name) : RoleName.ParseDelegated(name);
    }
}
