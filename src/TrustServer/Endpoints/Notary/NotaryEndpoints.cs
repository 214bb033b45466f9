using Microsoft.Extensions.Options;
using TrustService.Formats.Notary;
using TrustService.Oci;
using TrustService.Server.Options;
using TrustService.Server.Security;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>The routes of Notary v1, below <c>/v2/</c>. One pattern stands for all, and <see cref="NotaryPath"/> tells them apart.</summary>
internal static class NotaryEndpoints
{
    private const string Pattern = "/v2/{**path}";

    /// <summary>Maps the routes.</summary>
    public static void MapNotary(this IEndpointRouteBuilder routes)
    {
        Map(routes, [HttpMethods.Get, HttpMethods.Head], ReadAsync, RouteClass.Metadata, AccessPolicies.Pull, RateLimits.Reads);
        Map(routes, [HttpMethods.Post], WriteAsync, RouteClass.Publish, AccessPolicies.Push, RateLimits.Writes);
        Map(routes, [HttpMethods.Delete], DeleteAsync, RouteClass.Publish, AccessPolicies.Admin, RateLimits.Writes);
        Map(routes, [HttpMethods.Put], context => RouteAsync(context, (_, _) => null), RouteClass.Other, AccessPolicies.Push, RateLimits.Writes);
        routes.MapNotaryHealth();
    }

    private static void Map(IEndpointRouteBuilder routes, string[] methods, RequestDelegate handler, RouteClass routeClass, string policy, string limit) =>
        routes.MapMethods(Pattern, methods, handler).ExcludeFromDescription().WithMetadata(new RouteClassMetadata(routeClass)).RequireAuthorization(policy).RequireRateLimiting(limit);

    private static Task ReadAsync(HttpContext context) => NotaryMetadataEndpoint.TryServeCurrent(context) ?? RouteAsync(context, Read);

    private static Task WriteAsync(HttpContext context) => RouteAsync(context, Write);

    private static Task DeleteAsync(HttpContext context) => RouteAsync(context, (_, path) => path.Resource == NotaryResource.MetadataSet ? DeleteAsync(context, path.Repository!) : null);

    private static Task? Read(HttpContext context, NotaryPath path) => path switch
    {
        { Resource: NotaryResource.Ping } => NotaryAnswer.WriteAsync(context, StatusCodes.Status200OK, "{}"u8.ToArray()),
        { Resource: NotaryResource.MetadataFile } => NotaryMetadataEndpoint.ReadAsync(context, path.Repository!, path.File!),
        { Resource: NotaryResource.OnlineKey } => NotaryKeyEndpoint.ReadAsync(context, path.Repository!, path.Role!),
        { Resource: NotaryResource.Changes or NotaryResource.AllChanges } => NotaryChangesEndpoint.ReadAsync(context, path.Repository),
        _ => null,
    };

    private static Task? Write(HttpContext context, NotaryPath path) => path switch
    {
        { Resource: NotaryResource.MetadataSet } => NotaryPublishEndpoint.PublishAsync(context, path.Repository!),
        { Resource: NotaryResource.OnlineKey } => NotaryKeyEndpoint.RotateAsync(context, path.Repository!, path.Role!),
        _ => null,
    };

    /// <summary>Sends unclean paths to the clean one, and answers where <paramref name="handle"/> has no answer.</summary>
    private static Task RouteAsync(HttpContext context, Func<HttpContext, NotaryPath, Task?> handle)
    {
        var sent = NotaryPath.DecodedOf(context);
        if (NotaryPath.Clean(sent) is var clean && clean != sent)
        {
            context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            context.Response.Headers.Location = new PathString(clean).ToUriComponent() + context.Request.QueryString.ToUriComponent();
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        }
        var path = NotaryPath.Parse(sent);
        if (path.NameProblem is { } problem)
            return NotaryErrors.WriteAsync(context, HttpMethods.IsPost(context.Request.Method) ? NotaryError.InvalidUpdate(NotaryUpdateErrors.Validation, problem) : NotaryError.NotFound(problem));
        var isServed = path.Repository is not { } repository || path.Resource == NotaryResource.MetadataSet && HttpMethods.IsPost(context.Request.Method)
            || context.RequestServices.GetRequiredService<IOptions<NotaryOptions>>().Value.Serves(repository.Value);
        return (isServed ? handle(context, path) : null) ?? NotaryErrors.WriteAsync(context, NotaryError.Unrouted);
    }

    private static async Task DeleteAsync(HttpContext context, RepositoryName repository)
    {
        var services = context.RequestServices;
        var store = services.GetRequiredService<IMetadataStore>();
        if (await store.DeleteAsync(repository, NotaryFormat.Instance.Name, context.User.Identity?.Name, context.RequestAborted))
            Log.Deleted(services.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category), repository.Value);
        else if (await store.FindAsync(repository, context.RequestAborted) is { } other)
            Services.RepositoryFormat.Require(other, NotaryFormat.Instance);
        context.Response.ContentLength = 0;
    }
}
