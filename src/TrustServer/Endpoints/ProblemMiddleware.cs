using TrustService.Errors;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints;

/// <summary>Turns every failure into problem details: the edge at which exceptions end.</summary>
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
                await Problems.WriteAsync(context, Problems.Of(response.StatusCode, context));
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
            await AnswerAsync(context, Problems.Of(e));
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, Problems.Of(e));
        }
#pragma warning disable CA1031 // The process edge: what nobody foresaw is logged, and the caller learns nothing of the inside.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            Log.RequestCrashed(log, e, context.Request.Method, context.Request.Path);
            await AnswerAsync(context, Problems.Of(StatusCodes.Status500InternalServerError, context));
        }
    }

    private static Task AnswerAsync(HttpContext context, Contracts.TrustProblem problem)
    {
        var allow = context.Response.Headers.Allow;
        context.Response.Clear();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.Allow = allow;
        return Problems.WriteAsync(context, problem);
    }
}
