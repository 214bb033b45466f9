using TrustService.Json;
using TrustService.Server.Background;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>Health as orchestrators of Notary servers ask for it: an empty object, or what is wrong by its name.</summary>
internal static class NotaryHealthEndpoint
{
    /// <summary>Maps the route.</summary>
    public static void MapNotaryHealth(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/_notary_server/health", [HttpMethods.Get, HttpMethods.Head], AnswerAsync).ExcludeFromDescription().WithMetadata(new RouteClassMetadata(RouteClass.Operations));

    private static async Task AnswerAsync(HttpContext context)
    {
        var checks = await context.RequestServices.GetRequiredService<Readiness>().CheckAsync(context.RequestAborted);
        var failed = checks.Where(check => check.Value != Readiness.Ok).ToList();
        await NotaryAnswer.WriteAsync(context, failed.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, JsonWriting.Bytes(writer =>
        {
            writer.WriteStartObject();
            foreach (var (name, problem) in failed)
                writer.WriteString(name, problem);
            writer.WriteEndObject();
        }));
    }
}
