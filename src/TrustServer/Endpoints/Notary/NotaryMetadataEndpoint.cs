using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Options;
using TrustService.Server.Services;
using TrustService.Server.Stores;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>Metadata files on the Notary wire. Reading never makes or signs anything.</summary>
internal static class NotaryMetadataEndpoint
{
    private const string CurrentTimestamp = NotaryPath.Marker + "timestamp.json";
    // What clients and caches know from other servers.
    private static readonly StringValues Briefly = "public, max-age=300, s-maxage=300, must-revalidate";
    private static readonly StringValues Long = "public, max-age=2592000, s-maxage=2592000";

    /// <summary>Answers the most frequent request, for a current timestamp in memory, without parsing names or leaving this thread.</summary>
    /// <returns>Null if it is another request, or the store must be asked.</returns>
    public static Task? TryServeCurrent(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        if (!target.EndsWith(CurrentTimestamp, StringComparison.Ordinal) || !target.StartsWith(NotaryPath.Prefix, StringComparison.Ordinal) || target.Length <= NotaryPath.Prefix.Length + CurrentTimestamp.Length)
            return null;
        // A name that is written in another form than its own is in no cache.
        var gun = target[NotaryPath.Prefix.Length..^CurrentTimestamp.Length];
        var cache = context.RequestServices.GetRequiredService<CurrentMetadataCache>();
        return cache.TryGetCurrent(gun, NotaryFormat.Instance.Name, RoleName.Timestamp, out var file) && file is not null
            && context.RequestServices.GetRequiredService<IOptions<NotaryOptions>>().Value.Serves(gun)
                ? FileAnswer.WriteAsync(context, file, Briefly)
                : null;
    }

    /// <summary>Answers with a file of any role.</summary>
    public static async Task ReadAsync(HttpContext context, RepositoryName repository, NotaryFileName name)
    {
        var cache = context.RequestServices.GetRequiredService<CurrentMetadataCache>();
        if (await cache.FindAsync(repository, context.RequestAborted) is { } record)
        {
            RepositoryFormat.Require(record, NotaryFormat.Instance);
            if (await FindAsync(cache, context.RequestServices.GetRequiredService<SnapshotListings>(), repository, name, context.RequestAborted) is { } file)
            {
                await FileAnswer.WriteAsync(context, file, name is { Version: null, Sha256: null } ? Briefly : Long);
                return;
            }
        }
        await NotaryErrors.WriteAsync(context, NotaryError.NotFound());
    }

    private static ValueTask<StoredFile?> FindAsync(CurrentMetadataCache cache, SnapshotListings listings, RepositoryName repository, NotaryFileName name, CancellationToken cancellationToken) => name switch
    {
        { Sha256: { } sha256 } => cache.ReadByHashAsync(repository, name.Role, sha256, cancellationToken),
        { Version: { } version } => version > 0 ? cache.ReadAsync(repository, name.Role, version, cancellationToken) : new((StoredFile?)null),
        { Role.IsTopLevel: true } => cache.ReadCurrentAsync(repository, name.Role, cancellationToken),
        _ => new(FindDelegatedAsync(cache, listings, repository, name.Role, cancellationToken)),
    };

    // The snapshot tells which file of a delegated role counts, and whether the role is still there.
    private static async Task<StoredFile?> FindDelegatedAsync(CurrentMetadataCache cache, SnapshotListings listings, RepositoryName repository, RoleName role, CancellationToken cancellationToken)
    {
        if (await cache.ReadCurrentAsync(repository, RoleName.Snapshot, cancellationToken) is not { } snapshot)
            return null;
        return listings.Find(snapshot, role) is { } sha256 ? await cache.ReadByHashAsync(repository, role, sha256, cancellationToken) : null;
    }
}
