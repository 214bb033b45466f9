namespace TrustService.Server.Telemetry;

/// <summary>Middleware that counts and times every request.</summary>
internal sealed class RequestMetrics(RequestDelegate next, TrustMetrics metrics, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var start = time.GetTimestamp();
        metrics.BeginRequest();
        try
        {
            await next(context);
        }
        finally
        {
            var route = (context.Features.Get<RouteClassMetadata>() ?? context.GetEndpoint()?.Metadata.GetMetadata<RouteClassMetadata>())?.Class ?? RouteClass.Other;
            metrics.EndRequest(route, context.Response.StatusCode, time.GetElapsedTime(start));
        }
    }
}
