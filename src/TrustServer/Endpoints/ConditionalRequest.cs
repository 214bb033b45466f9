using Microsoft.Extensions.Primitives;

namespace TrustService.Server.Endpoints;

/// <summary>If-None-Match. Source: RFC 9110 §13.1.2.</summary>
internal static class ConditionalRequest
{
    /// <summary>True if the client says that it has the version with this strong entity tag.</summary>
    public static bool HasVersion(StringValues ifNoneMatch, string entityTag)
    {
        if (ifNoneMatch.Count == 0)
            return false;
        foreach (var line in ifNoneMatch)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var tag = line.AsSpan()[range].Trim();
                if (tag is "*" || (tag.StartsWith("W/") ? tag[2..] : tag).SequenceEqual(entityTag))
                    return true;
            }
        }
        return false;
    }
}
