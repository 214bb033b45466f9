using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Background;
using TrustService.Server.Options;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Security;

/// <summary>Middleware that turns away what no route should have to think about: odd paths, a store that is not ready, and more requests at once than the limit.</summary>
internal sealed class RequestGuard(RequestDelegate next, Readiness readiness, TrustMetrics metrics, IOptions<LimitOptions> limits)
{
    /// <summary>Characters of a request target. The longest name of a repository and of a role fit several times.</summary>
    public const int MaxTargetLength = 4096;

    private readonly int maxConcurrent = limits.Value.MaxConcurrentRequests;

    public Task InvokeAsync(HttpContext context)
    {
        CheckTarget(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        if (!readiness.HasSchema && NeedsStore(context.Request.Path))
            throw new TrustException(TrustError.StoreUnavailable, "The server has started, but its database is not ready.") { Hint = "Try again in a few seconds; /readyz tells what is missing." };
        // Under load an operator must still be able to see what is going on, and an orchestrator must not take load for death.
        if (metrics.InProgress > maxConcurrent && !IsOperation(context.Request.Path))
            throw new TrustException(TrustError.RateLimited, $"The server is working on {maxConcurrent} requests; no more are taken at the moment.") { Hint = "Try again in a few seconds." };
        return next(context);
    }

    private static bool NeedsStore(PathString path) => path.StartsWithSegments("/tuf", StringComparison.Ordinal) || path.StartsWithSegments("/v2", StringComparison.Ordinal) || path.StartsWithSegments("/api", StringComparison.Ordinal);

    private static bool IsOperation(PathString path) => path.Value is "/livez" or "/readyz" or "/metrics" or "/_notary_server/health";

    private static void CheckTarget(string target)
    {
        if (target.Length > MaxTargetLength)
            throw new TrustException(TrustError.MalformedRequest, $"The URL has {target.Length} characters; at most {MaxTargetLength} are read.");
        if (target.AsSpan().ContainsAny('\\', '\0') || target.Contains("%00", StringComparison.Ordinal))
            throw new TrustException(TrustError.MalformedRequest, "The URL holds a backslash or a NUL, which no name may contain.");
    }
}
