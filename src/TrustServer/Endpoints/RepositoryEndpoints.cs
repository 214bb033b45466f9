using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Contracts;
using TrustService.Server.Security;
using TrustService.Server.Services;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints;

/// <summary>The management API for repositories.</summary>
internal static class RepositoryEndpoints
{
    private const string Path = "/api/v1/repositories";
    private const string HistorySuffix = "/history";
    private const string ImportSuffix = "/import";
    private const int DefaultPageSize = 100;

    /// <summary>Maps the routes.</summary>
    public static void MapRepositories(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Path).WithTags("Repositories").WithMetadata(new RouteClassMetadata(RouteClass.Management));
        var reads = group.MapGroup("").RequireAuthorization(AccessPolicies.Pull).RequireRateLimiting(RateLimits.Reads);
        reads.MapGet("", ListAsync).WithName("ListRepositories")
            .WithSummary("Repositories in the order of their names; search is text that a name contains.");
        reads.MapGet("/{**name}", DetailAsync).WithName("GetRepository")
            .WithSummary("One repository; with /history behind its name, its published files, newest first. A name that itself ends in /history is written with %2F.");
        group.MapPost("/{**name}", WriteAsync).WithName("WriteRepository").ExcludeFromDescription().RequireAuthorization(AccessPolicies.Push).RequireRateLimiting(RateLimits.Writes);
        group.MapPut("/{**name}", PendingEndpoints.ParkAsync).WithName("ParkFile").ExcludeFromDescription().RequireAuthorization(AccessPolicies.Push).RequireRateLimiting(RateLimits.Writes);
        // Dropping what waits for signatures needs less; deleting a repository asks for its own right.
        group.MapDelete("/{**name}", DeleteAsync).WithName("DeleteRepository").RequireAuthorization(AccessPolicies.Push).RequireRateLimiting(RateLimits.Writes)
            .WithSummary("Removes a repository with its metadata, history and online keys. Images stay where they are, and count as unsigned.");
    }

    private static async Task<Ok<RepositoryPage>> ListAsync(IRepositoryCatalog catalog, string? search, string? after, int? limit, CancellationToken cancellationToken)
    {
        var size = PageSize(limit);
        var records = await catalog.ListAsync(search, after, size, cancellationToken);
        return TypedResults.Ok(new RepositoryPage([.. records.Select(RepositorySummary.Of)], records.Count == size ? records[^1].Name.Value : null));
    }

    private static async Task<Results<Ok<RepositoryDetail>, Ok<HistoryPage>, Ok<PendingPage>, FileContentHttpResult>> DetailAsync(
        HttpContext context, IMetadataStore store, IRepositoryCatalog catalog, IPendingStore pending, RepositoryDetails details, string name, string? role, string? before, int? limit, CancellationToken cancellationToken)
    {
        var path = NamePath(context);
        if (PendingPath.TryParse(path, out var parked))
            return parked.Role is null ? await PendingEndpoints.ListAsync(context, pending, parked.Repository, cancellationToken) : await PendingEndpoints.ReadAsync(context, pending, parked, cancellationToken);
        if (path.EndsWith(HistorySuffix, StringComparison.Ordinal))
            return await HistoryAsync(store, catalog, Name(path[..^HistorySuffix.Length]), role, before, PageSize(limit), cancellationToken);
        var repository = Name(path);
        return TypedResults.Ok(await details.FindAsync(repository, cancellationToken) ?? throw Unknown(repository));
    }

    private static async Task<Ok<HistoryPage>> HistoryAsync(
        IMetadataStore store, IRepositoryCatalog catalog, RepositoryName repository, string? role, string? before, int size, CancellationToken cancellationToken)
    {
        HistoryPosition? position = null;
        if (before is not null && !HistoryPosition.TryParse(before, out position))
            throw new TrustException(TrustError.MalformedRequest, "\"before\" is not a position of a history; take it from \"next\" of the page before.");
        var entries = await catalog.HistoryAsync(repository, role is null ? null : RoleName.Parse(role), position, size, cancellationToken);
        if (entries.Count == 0 && await store.FindAsync(repository, cancellationToken) is null)
            throw Unknown(repository);
        return TypedResults.Ok(new HistoryPage([.. entries.Select(HistoryItem.Of)], entries.Count == size ? entries[^1].Position.ToString() : null));
    }

    private static Task WriteAsync(HttpContext context)
    {
        var path = NamePath(context);
        return path.EndsWith(ImportSuffix, StringComparison.Ordinal)
            ? ImportEndpoint.ImportAsync(context, Name(path[..^ImportSuffix.Length]))
            : throw new TrustException(TrustError.MalformedRequest, "A repository is taken over by POST /api/v1/repositories/{repository}/import.");
    }

    private static async Task<NoContent> DeleteAsync(
        HttpContext context, IMetadataStore store, IPendingStore pending, IAuthorizationService rights, ILoggerFactory loggers, string name, CancellationToken cancellationToken)
    {
        if (PendingPath.TryParse(NamePath(context), out var parked))
            return await PendingEndpoints.DropAsync(context, pending, parked, cancellationToken);
        if (!(await rights.AuthorizeAsync(context.User, AccessPolicies.Admin)).Succeeded)
            throw new TrustException(TrustError.Forbidden, "Deleting a repository needs the right of an administrator.");
        var repository = Name(NamePath(context));
        if (!await store.DeleteAsync(repository, format: null, context.User.Identity?.Name, cancellationToken))
            throw Unknown(repository);
        Log.Deleted(loggers.CreateLogger(Log.Category), repository.Value);
        return TypedResults.NoContent();
    }

    /// <summary>Rows of a page that was asked for.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.MalformedRequest"/></exception>
    internal static int PageSize(int? limit) => limit switch
    {
        null => DefaultPageSize,
        >= 1 and <= StoreLimits.MaxPageSize => limit.Value,
        _ => throw new TrustException(TrustError.MalformedRequest, $"\"limit\" is {limit}; 1 to {StoreLimits.MaxPageSize} is allowed."),
    };

    // The route's own value has lost the difference between / and %2F.
    internal static ReadOnlySpan<char> NamePath(HttpContext context) =>
        RawTarget.PathOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget) is var path && path.StartsWith(Path + "/", StringComparison.Ordinal)
            ? path[(Path.Length + 1)..]
            : throw new TrustException(TrustError.MalformedRequest, "The path is not written in its normal form.");

    internal static RepositoryName Name(ReadOnlySpan<char> text) => RepositoryName.ParseExact(RawTarget.Decode(text));

    private static TrustException Unknown(RepositoryName repository) => new(TrustError.RepositoryUnknown, $"Nothing is published for {repository}.");
}
