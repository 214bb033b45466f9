using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>.</summary>
internal static class OpenApiDescription
{
    /// <summary>Maps the route.</summary>
    public static void MapTrustOpenApi(this IEndpointRouteBuilder routes) =>
        routes.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new RouteClassMetadata(RouteClass.Operations));

    /// <summary>Sets title and version, and adds the routes whose names have slashes.</summary>
    public static Task CompleteAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "TrustServer",
            Version = ProductVersion.Text,
            Description = "Signed metadata (TUF 1.0) of image repositories. {repository} is the full name of a repository; its slashes are written as they are. Errors are problem details (RFC 9457) with a stable code.",
        };
        document.Servers = [];
        document.Paths.Remove("/tuf/{path}");
        Add(document, "/tuf/{repository}/metadata/{file}", HttpMethod.Get, "ReadMetadata", "A metadata file: timestamp.json, root.json, N.root.json, N.snapshot.json, N.targets.json, N.{role}.json.", "repository", "file");
        Add(document, "/tuf/{repository}/metadata", HttpMethod.Post, "Publish", "Publishes root, targets and delegated roles: multipart/form-data, one part for each, the role being the part's file name. The server adds snapshot and timestamp.", "repository");
        Add(document, "/tuf/{repository}/keys/{role}", HttpMethod.Get, "ReadOnlineKey", "The server's public key for snapshot or timestamp.", "repository", "role");
        Add(document, "/tuf/{repository}/keys/{role}", HttpMethod.Post, "CreateOnlineKey", "Makes that key, or returns the one that waits for a root to list it.", "repository", "role");
        Add(document, "/api/v1/repositories/{repository}/import", HttpMethod.Post, "ImportRepository", "Takes over a repository of another server as it is: multipart/form-data with every root (1.root, 2.root, …) and the current timestamp, snapshot, targets and delegated roles. It is read-only until a root lists this server's keys.", "repository");
        Add(document, "/api/v1/repositories/{repository}/pending", HttpMethod.Get, "ListPending", "Files that wait for signatures.", "repository");
        Add(document, "/api/v1/repositories/{repository}/pending/{role}", HttpMethod.Get, "ReadPending", "The file of a role that waits for signatures; slashes of the role are written as %2F.", "repository", "role");
        Add(document, "/api/v1/repositories/{repository}/pending/{role}", HttpMethod.Put, "ParkFile", "Parks a file that lacks signatures, or adds its signatures to those of the same change; replaces=CHANGE puts it in the place of another change.", "repository", "role");
        Add(document, "/api/v1/repositories/{repository}/pending/{role}", HttpMethod.Delete, "DropPending", "Drops what waits; change=CHANGE only if it is that change.", "repository", "role");
        Add(document, "/v2/{gun}/_trust/tuf/{file}", HttpMethod.Get, "ReadNotaryMetadata", "Notary v1: a metadata file ({role}.json, {role}.{sha256}.json, {version}.{role}.json), or a public key of the server (snapshot.key, timestamp.key).", "gun", "file");
        Add(document, "/v2/{gun}/_trust/tuf/{file}", HttpMethod.Post, "CreateNotaryKey", "Notary v1: the public key that the next root has to list (snapshot.key, timestamp.key).", "gun", "file");
        Add(document, "/v2/{gun}/_trust/tuf/", HttpMethod.Post, "PublishNotary", "Notary v1: publishes root, targets, delegated roles and snapshot: multipart/form-data, the role being the part's file name.", "gun");
        Add(document, "/v2/{gun}/_trust/tuf/", HttpMethod.Delete, "DeleteNotary", "Notary v1: removes the repository.", "gun");
        Add(document, "/v2/{gun}/_trust/changefeed", HttpMethod.Get, "ReadNotaryChanges", "Notary v1: changes of a repository; /v2/_trust/changefeed has those of all.", "gun");
        return Task.CompletedTask;
    }

    private static void Add(OpenApiDocument document, string path, HttpMethod method, string id, string summary, params string[] parameters)
    {
        if (!document.Paths.TryGetValue(path, out var item))
            document.Paths[path] = item = new OpenApiPathItem();
        ((OpenApiPathItem)item).AddOperation(method, new OpenApiOperation
        {
            OperationId = id,
            Summary = summary,
            Parameters = [.. parameters.Select(IOpenApiParameter (name) => new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } })],
            Responses = new OpenApiResponses { ["200"] = new OpenApiResponse { Description = "OK" }, ["default"] = new OpenApiResponse { Description = "A problem." } },
        });
    }
}
