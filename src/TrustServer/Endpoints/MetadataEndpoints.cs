using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Services;
using TrustService.Server.Stores;

namespace TrustService.Server.Endpoints;

/// <summary>Metadata files: the bytes that were published, and nothing else. Source: TUF 1.0.34 §3.1.2, §6.2.1.</summary>
internal static class MetadataEndpoints
{
    private const string CurrentTimestamp = "/metadata/timestamp.json";
    // A version never changes its content.
    private static readonly StringValues ForEver = "public, max-age=31536000, immutable";
    // A cache on the way may absorb a burst, but not hold back a new version.
    private static readonly StringValues Briefly = "public, max-age=5, must-revalidate";
    // Every client asks for the root behind the current one.
    private static readonly StringValues NoNextRoot = "public, max-age=1";
    // Another server may have published it already.
    private static readonly StringValues NotAtAll = "no-store";

    /// <summary>Answers the most frequent request, for a current timestamp in memory, without parsing names or leaving this thread.</summary>
    /// <returns>Null if it is another request, or the store must be asked.</returns>
    public static Task? TryServeCurrent(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        if (!target.EndsWith(CurrentTimestamp, StringComparison.Ordinal) || !target.StartsWith(TufPath.Prefix, StringComparison.Ordinal) || target.Length <= TufPath.Prefix.Length + CurrentTimestamp.Length)
            return null;
        var repository = target[TufPath.Prefix.Length..^CurrentTimestamp.Length];
        var cache = context.RequestServices.GetRequiredService<CurrentMetadataCache>();
        return cache.TryGetCurrent(repository, TufFormat.Instance.Name, RoleName.Timestamp, out var file) && file is not null ? FileAnswer.WriteAsync(context, file, Briefly) : null;
    }

    /// <summary>Answers with a file of any role and version.</summary>
    public static async Task ReadAsync(HttpContext context, TufPath path)
    {
        var cache = context.RequestServices.GetRequiredService<CurrentMetadataCache>();
        var repository = await cache.FindAsync(path.Repository, context.RequestAborted);
        if (repository is not null)
            RepositoryFormat.Require(repository, TufFormat.Instance);
        var isFileName = MetadataFileName.TryParse(path.Name, out var name);
        var file = isFileName
            ? name.Version is { } version
                ? await cache.ReadAsync(path.Repository, name.Role, version, context.RequestAborted)
                : await cache.ReadCurrentAsync(path.Repository, name.Role, context.RequestAborted)
            : null;
        if (file is not null)
        {
            await FileAnswer.WriteAsync(context, file, name.Version is null ? Briefly : ForEver);
            return;
        }
        context.Features.Set(new ProblemCaching(!isFileName || name.Version is null ? Briefly : name.Role == RoleName.Root ? NoNextRoot : NotAtAll));
        throw repository is not null ? UnknownFile(path) : UnknownRepository(path.Repository);
    }

    private static TrustException UnknownRepository(RepositoryName repository) =>
        new(TrustError.RepositoryUnknown, $"Nothing is published for {repository}.") { Hint = $"Check the name; to begin, run: signer init {repository}" };

    private static TrustException UnknownFile(TufPath path) =>
        new(TrustError.MetadataUnknown, $"{path.Repository} has no file {Quoted(path.Name)}.") { Hint = "Start from timestamp.json; it leads to the versions of the other files (N.snapshot.json, N.targets.json, N.root.json)." };

    private static string Quoted(string name) => new([.. name.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);
}
