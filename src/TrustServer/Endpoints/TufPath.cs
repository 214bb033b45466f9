using Microsoft.AspNetCore.Http.Features;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Server.Endpoints;

/// <summary>A path below <c>/tuf/</c>: a repository, whose name has slashes, and what is asked of it.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Resource">What is asked of it.</param>
/// <param name="Name">File name or role, percent-encoding taken away; empty for <see cref="TufResource.MetadataSet"/>.</param>
internal sealed record TufPath(RepositoryName Repository, TufResource Resource, string Name)
{
    /// <summary>What all paths begin with.</summary>
    public const string Prefix = "/tuf/";

    private const string Metadata = "/metadata";
    private const string Keys = "/keys";

    /// <summary>Reads the path of a request as it was sent, so that nothing in between reads it differently.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidRepositoryName"/>, <see cref="TrustError.MalformedRequest"/> or <see cref="TrustError.MetadataUnknown"/>.</exception>
    public static TufPath Parse(HttpContext context)
    {
        var target = RawTarget.PathOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        if (!target.StartsWith(Prefix, StringComparison.Ordinal))
            throw new TrustException(TrustError.MalformedRequest, "The path is not written in its normal form.");
        var rest = target[Prefix.Length..];
        var slash = rest.LastIndexOf('/');
        if (slash <= 0)
            throw Unknown();
        var above = rest[..slash];
        var last = rest[(slash + 1)..];
        if (HttpMethods.IsPost(context.Request.Method) && last is "metadata")
            return new TufPath(ParseRepository(above), TufResource.MetadataSet, "");
        if (above.EndsWith(Keys, StringComparison.Ordinal) && last is "snapshot" or "timestamp")
            return new TufPath(ParseRepository(above[..^Keys.Length]), TufResource.OnlineKey, last.ToString());
        if (above.EndsWith(Metadata, StringComparison.Ordinal) && !last.IsEmpty)
            return new TufPath(ParseRepository(above[..^Metadata.Length]), TufResource.MetadataFile, RawTarget.Decode(last));
        throw Unknown();
    }

    /// <summary>The refusal of a path that names nothing.</summary>
    public static TrustException Unknown() =>
        new(TrustError.MetadataUnknown, "There is nothing under this path.") { Hint = "Metadata is at /tuf/{repository}/metadata/{file}, as /tuf/registry.example.com/team/app/metadata/timestamp.json." };

    private static RepositoryName ParseRepository(ReadOnlySpan<char> text)
    {
        // An encoded slash would be one part of the name here and two parts elsewhere.
        if (text.Contains("%2f", StringComparison.OrdinalIgnoreCase))
            throw new TrustException(TrustError.InvalidRepositoryName, "The repository's name holds an encoded slash; its slashes are written as they are.");
        return RepositoryName.ParseCanonical(RawTarget.Decode(text));
    }
}
