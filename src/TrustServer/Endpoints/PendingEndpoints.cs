using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Server.Contracts;
using TrustService.Server.Options;
using TrustService.Server.Services;
using TrustService.Server.Stores;

namespace TrustService.Server.Endpoints;

/// <summary>Files that wait for signatures: <c>/api/v1/repositories/{repository}/pending/{role}</c>. Nobody trusts what is here.</summary>
internal static class PendingEndpoints
{
    private const int FirstBufferBytes = 16 * 1024;

    /// <summary>Everything that waits.</summary>
    public static async Task<Ok<PendingPage>> ListAsync(HttpContext context, IPendingStore pending, RepositoryName repository, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new PendingPage([.. (await pending.ListAsync(repository, cancellationToken)).Select(PendingItem.Of)]));
    }

    /// <summary>The file of one role.</summary>
    public static async Task<FileContentHttpResult> ReadAsync(HttpContext context, IPendingStore pending, PendingPath path, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        return await pending.ReadAsync(path.Repository, path.Role!, cancellationToken) is { } data ? TypedResults.Bytes(data, "application/json") : throw Unknown(path);
    }

    /// <summary>Parks a file.</summary>
    public static Task ParkAsync(HttpContext context) =>
        PendingPath.TryParse(RepositoryEndpoints.NamePath(context), out var path) && path.Role is { } role
            ? context.RequestServices.GetRequiredService<PublishGate>().EnterAsync(async () =>
            {
                var services = context.RequestServices;
                var upload = await ReadBodyAsync(context, services.GetRequiredService<IOptions<LimitOptions>>().Value, context.RequestAborted);
                var file = await services.GetRequiredService<ParkingService>().ParkAsync(path.Repository, role, upload, QueryOf(context, "replaces"), context.RequestAborted);
                var parked = await services.GetRequiredService<IPendingStore>().ListAsync(path.Repository, context.RequestAborted);
                context.Response.Headers.CacheControl = "no-store";
                // Whoever was quicker may have published or dropped it meanwhile.
                var item = parked.FirstOrDefault(item => item.Role == role && item.Change == file.Change) ?? throw Unknown(path);
                await context.Response.WriteAsJsonAsync(PendingItem.Of(item), ServerJsonContext.Readable.PendingItem, cancellationToken: context.RequestAborted);
            })
            : throw new TrustException(TrustError.MalformedRequest, "A file is parked by PUT /api/v1/repositories/{repository}/pending/{role}.");

    /// <summary>Drops the file of one role.</summary>
    public static async Task<NoContent> DropAsync(HttpContext context, IPendingStore pending, PendingPath path, CancellationToken cancellationToken)
    {
        if (path.Role is not { } role)
            throw new TrustException(TrustError.MalformedRequest, "What waits for signatures is dropped role by role: DELETE /api/v1/repositories/{repository}/pending/{role}.");
        return await pending.DropAsync(path.Repository, role, QueryOf(context, "change"), cancellationToken) ? TypedResults.NoContent() : throw Unknown(path);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext context, LimitOptions limits, CancellationToken cancellationToken)
    {
        if (context.Request.ContentLength > limits.MaxPendingFileBytes)
            throw TooLarge(limits);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limits.MaxPendingFileBytes;
        var buffer = new byte[FirstBufferBytes];
        var length = 0;
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
            if (length > limits.MaxPendingFileBytes)
                throw TooLarge(limits);
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 4L, limits.MaxPendingFileBytes + 1L));
        }
        return buffer.AsMemory(0, length);
    }

    private static string? QueryOf(HttpContext context, string name) => context.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    private static TrustException TooLarge(LimitOptions limits) =>
        new(TrustError.TooLarge, $"The file has more than {limits.MaxPendingFileBytes} bytes, the limit for a file that waits for signatures ({LimitOptions.Section}:{nameof(limits.MaxPendingFileBytes)}).");

    private static TrustException Unknown(PendingPath path) =>
        new(TrustError.MetadataUnknown, $"No {path.Role} of {path.Repository} waits for signatures.") { Role = path.Role?.Value };
}
