using TrustService.Errors;
using TrustService.Server.Endpoints.Notary;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints;

/// <summary>Turns every failure into an error that the client understands: the edge at which exceptions end.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILoggerFactory loggers)
{
    private readonly ILogger log = loggers.CreateLogger(Log.Category);

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null } response)
                await ErrorAnswer.WriteAsync(context, response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: there is nobody to answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (TrustException e) when (!context.Response.HasStarted)
        {
            if (e.Info.HttpStatus >= 500)
                Log.RequestFailed(log, context.Request.Method, context.Request.Path, e.Info.Code, Log.Reason(e));
            Clear(context);
            await ErrorAnswer.WriteAsync(context, e);
        }
        catch (NotaryException e) when (!context.Response.HasStarted)
        {
            if (e.Error.Status >= 500)
                Log.RequestFailed(log, context.Request.Method, context.Request.Path, e.Error.Code, Log.Reason(e));
            Clear(context);
            await NotaryErrors.WriteAsync(context, e.Error);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            Clear(context);
            await ErrorAnswer.WriteAsync(context, e);
        }
#pragma warning disable CA1031 // The process edge: what nobody foresaw is logged, and the caller learns nothing of the inside.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            Log.RequestCrashed(log, e, context.Request.Method, context.Request.Path);
            Clear(context);
            await ErrorAnswer.WriteAsync(context, StatusCodes.Status500InternalServerError);
        }
    }

    private static void Clear(HttpContext context)
    {
        var (allow, connection) = (context.Response.Headers.Allow, context.Response.Headers.Connection);
        context.Response.Clear();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.Allow = allow;
        context.Response.Headers.Connection = connection;
    }
}
