using TrustService.Errors;
using TrustService.Server.Security;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints;

/// <summary>The routes below <c>/tuf/</c>. A repository's name has slashes, so one pattern stands for all and <see cref="TufPath"/> tells them apart.</summary>
internal static class TufEndpoints
{
    private const string Pattern = "/tuf/{**path}";

    /// <summary>Maps the routes.</summary>
    public static void MapTuf(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Pattern, [HttpMethods.Get, HttpMethods.Head], ReadAsync).WithName("ReadTuf")
            .WithMetadata(new RouteClassMetadata(RouteClass.Metadata)).RequireAuthorization(AccessPolicies.Pull).RequireRateLimiting(RateLimits.Reads);
        routes.MapPost(Pattern, WriteAsync).WithName("WriteTuf")
            .WithMetadata(new RouteClassMetadata(RouteClass.Publish)).RequireAuthorization(AccessPolicies.Push).RequireRateLimiting(RateLimits.Writes);
    }

    private static Task ReadAsync(HttpContext context)
    {
        if (MetadataEndpoints.TryServeCurrent(context) is { } served)
            return served;
        return TufPath.Parse(context) switch
        {
            { Resource: TufResource.MetadataFile } path => MetadataEndpoints.ReadAsync(context, path),
            { Resource: TufResource.OnlineKey } path => OnlineKeyEndpoints.ReadAsync(context, path),
            _ => throw TufPath.Unknown(),
        };
    }

    private static Task WriteAsync(HttpContext context) => TufPath.Parse(context) switch
    {
        { Resource: TufResource.MetadataSet } path => PublishEndpoints.PublishAsync(context, path),
        { Resource: TufResource.OnlineKey } path => OnlineKeyEndpoints.CreateAsync(context, path),
        _ => throw new TrustException(TrustError.MalformedRequest, "Metadata is published by POST /tuf/{repository}/metadata, one multipart part for each role."),
    };
}
