using Microsoft.AspNetCore.Http.HttpResults;
using TrustService.Server.Background;
using TrustService.Server.Contracts;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints;

/// <summary>Health for orchestrators: alive, and ready for requests.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Operations").WithMetadata(new RouteClassMetadata(RouteClass.Operations));
        group.MapGet("/livez", () => TypedResults.Ok(new HealthReport("ok"))).WithName("IsAlive").WithSummary("The process runs.");
        group.MapGet("/readyz", ReadyAsync).WithName("IsReady").WithSummary("The store answers, migrations and the renewal at start are done, and the master key is there.");
    }

    private static async Task<Results<Ok<HealthReport>, JsonHttpResult<HealthReport>>> ReadyAsync(Readiness readiness, CancellationToken cancellationToken)
    {
        var checks = await readiness.CheckAsync(cancellationToken);
        return checks.Values.All(check => check == Readiness.Ok)
            ? TypedResults.Ok(new HealthReport("ready", checks))
            : TypedResults.Json(new HealthReport("not-ready", checks), ServerJsonContext.Readable.HealthReport, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
