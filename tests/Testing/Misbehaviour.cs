using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace TrustService.Testing;

/// <summary>What a hostile or broken server may do, for <see cref="HostileServer"/>.</summary>
public static class Misbehaviour
{
    /// <summary>A body that never ends.</summary>
    public static RequestDelegate EndlessBody => async context =>
    {
        var chunk = new byte[64 * 1024];
        chunk.AsSpan().Fill((byte)' ');
        while (!context.RequestAborted.IsCancellationRequested)
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
    };

    /// <summary>A body that comes byte by byte, each in its own chunk, and never ends.</summary>
    public static RequestDelegate SlowBody => async context =>
    {
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync("x"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(20, context.RequestAborted);
        }
    };

    /// <summary>A body of chunks with a single byte each, as fast as they go, that never ends.</summary>
    public static RequestDelegate ChunkFlood => async context =>
    {
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync("x"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    };

    /// <summary>No answer at all.</summary>
    public static RequestDelegate Silence => context => Task.Delay(Timeout.Infinite, context.RequestAborted);

    /// <summary>A body that ends before the length that was announced.</summary>
    public static RequestDelegate ShortBody => async context =>
    {
        // Less than any file may have: whether it is too long must not be what is found first.
        context.Response.ContentLength = 100;
        await context.Response.Body.WriteAsync("only this"u8.ToArray());
        await context.Response.Body.FlushAsync();
        context.Abort();
    };

    /// <summary>An announced length beyond every limit.</summary>
    public static RequestDelegate HugeLength => async context =>
    {
        context.Response.ContentLength = long.MaxValue;
        await context.Response.Body.WriteAsync("x"u8.ToArray());
        await context.Response.Body.FlushAsync();
        await Silence(context);
    };

    /// <summary>A small compressed body that is huge when inflated.</summary>
    public static RequestDelegate GzipBomb => async context =>
    {
        context.Response.Headers.ContentEncoding = "gzip";
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(new byte[64 * 1024 * 1024]);
        await context.Response.Body.WriteAsync(packed.ToArray());
    };

    /// <summary>Redirects to itself for ever.</summary>
    public static RequestDelegate RedirectLoop => context => RedirectTo(context.Request.Path.Value!)(context);

    /// <summary>Redirects to a fixed place.</summary>
    public static RequestDelegate RedirectTo(string location) => context =>
    {
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    };

    /// <summary>A manifest with headers of a registry, of which the digest may be wrong.</summary>
    public static RequestDelegate Manifest(byte[] bytes, string mediaType, string? announcedDigest) => context =>
    {
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = bytes.Length;
        if (announcedDigest is not null)
            context.Response.Headers["Docker-Content-Digest"] = announcedDigest;
        return context.Request.Method == "HEAD" ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes).AsTask();
    };
}
