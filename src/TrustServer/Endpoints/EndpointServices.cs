using TrustService.Server.Contracts;

namespace TrustService.Server.Endpoints;

/// <summary>Registers what the endpoints need.</summary>
internal static class EndpointServices
{
    /// <summary>Adds routing, JSON and OpenAPI.</summary>
    public static IServiceCollection AddTrustEndpoints(this IServiceCollection services)
    {
        services.AddRouting();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => ServerJsonContext.Configure(options.SerializerOptions).TypeInfoResolverChain.Insert(0, ServerJsonContext.Default));
        services.AddOpenApi("v1", options => options.AddDocumentTransformer(OpenApiDescription.CompleteAsync));
        return services;
    }
}
