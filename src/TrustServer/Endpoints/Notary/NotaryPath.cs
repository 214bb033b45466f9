using Microsoft.AspNetCore.Http.Features;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Oci;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>A path below <c>/v2/</c>: a repository, whose name has slashes, and what is asked of it.</summary>
/// <param name="Resource">What is asked.</param>
/// <param name="Repository">The repository, or null where none is named.</param>
/// <param name="File">The file of <see cref="NotaryResource.MetadataFile"/>.</param>
/// <param name="Role">The role of <see cref="NotaryResource.OnlineKey"/>: <c>snapshot</c> or <c>timestamp</c>.</param>
internal sealed record NotaryPath(NotaryResource Resource, RepositoryName? Repository = null, NotaryFileName? File = null, string? Role = null)
{
    /// <summary>Why there can be no repository of the name, or null; the resource is <see cref="NotaryResource.None"/> then.</summary>
    public string? NameProblem { get; init; }

    /// <summary>What all paths begin with.</summary>
    public const string Prefix = "/v2/";

    /// <summary>What stands between a repository's name and what is asked of it.</summary>
    public const string Marker = "/_trust/tuf/";

    private const string Feed = "/_trust/changefeed";
    private static readonly NotaryPath None = new(NotaryResource.None);

    /// <summary>True for paths that a Notary client may ask for, whether something is there or not.</summary>
    public static bool IsOfNotary(PathString path) =>
        path.StartsWithSegments("/v2", StringComparison.Ordinal);

    /// <summary>The path of a request as it was sent, percent-encoding taken away.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.MalformedRequest"/></exception>
    public static string DecodedOf(HttpContext context) =>
        RawTarget.Decode(RawTarget.PathOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget));

    /// <summary>The path without empty, <c>.</c> and <c>..</c> parts; a slash at the end stays.</summary>
    public static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                    parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }
        return "/" + string.Join('/', parts) + (parts.Count > 0 && path.EndsWith('/') ? "/" : "");
    }

    /// <summary>Reads a clean path whose percent-encoding was taken away.</summary>
    public static NotaryPath Parse(string path)
    {
        if (path == Prefix)
            return new NotaryPath(NotaryResource.Ping);
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
            return None;
        if (path.AsSpan(Prefix.Length - 1).SequenceEqual(Feed))
            return new NotaryPath(NotaryResource.AllChanges);
        var rest = path.AsSpan(Prefix.Length);
        if (rest.EndsWith(Feed, StringComparison.Ordinal))
            return Of(NotaryResource.Changes, rest[..^Feed.Length], null, null);
        // The name of a repository may hold the marker itself: the longest name that leaves something known is meant.
        for (var at = rest.LastIndexOf(Marker); at > 0; at = rest[..(at + Marker.Length - 1)].LastIndexOf(Marker))
        {
            var gun = rest[..at];
            var asked = rest[(at + Marker.Length)..];
            if (asked.IsEmpty)
                return Of(NotaryResource.MetadataSet, gun, null, null);
            if (asked is "snapshot.key" or "timestamp.key")
                return Of(NotaryResource.OnlineKey, gun, null, asked[..^".key".Length].ToString());
            if (NotaryFileName.TryParse(asked, out var file))
                return Of(NotaryResource.MetadataFile, gun, file, null);
        }
        return None;
    }

    private static NotaryPath Of(NotaryResource resource, ReadOnlySpan<char> gun, NotaryFileName? file, string? role)
    {
        try
        {
            return new NotaryPath(resource, Gun.Parse(gun.ToString()), file, role);
        }
        catch (TrustException e) when (e.Error == TrustError.InvalidRepositoryName)
        {
            return None with { NameProblem = e.Message };
        }
    }
}
