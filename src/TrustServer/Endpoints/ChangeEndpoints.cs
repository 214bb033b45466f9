using Microsoft.AspNetCore.Http.HttpResults;
using TrustService.Oci;
using TrustService.Server.Contracts;
using TrustService.Server.Security;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints;

/// <summary>The change feed.</summary>
internal static class ChangeEndpoints
{
    /// <summary>Maps the route.</summary>
    public static void MapChanges(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/v1/changes").WithTags("Changes").WithMetadata(new RouteClassMetadata(RouteClass.Management))
            .RequireAuthorization(AccessPolicies.Pull).RequireRateLimiting(RateLimits.Reads)
            .MapGet("", ReadAsync).WithName("ReadChanges")
            .WithSummary("What was published, renewed and deleted, oldest first. A reader goes on with after=next and misses nothing.");

    private static async Task<Ok<ChangePage>> ReadAsync(IRepositoryCatalog catalog, long? after, int? limit, string? repository, CancellationToken cancellationToken)
    {
        var position = after ?? 0;
        var records = await catalog.ReadChangesAsync(
            new ChangeQuery(RepositoryEndpoints.PageSize(limit)) { After = position, Repository = repository is null ? null : RepositoryName.ParseExact(repository) },
            cancellationToken);
        return TypedResults.Ok(new ChangePage([.. records.Select(ChangeItem.Of)], records.Count > 0 ? records[^1].Id : position));
    }
}
