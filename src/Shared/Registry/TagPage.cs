using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>One page of a list of tags. Source: OCI distribution-spec 1.1, Listing tags.</summary>
internal static class TagPage
{
    /// <summary>Reads a page; some registries write null where there is no tag.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.RegistryInconsistent"/></exception>
    public static IReadOnlyList<string> Read(ReadOnlySpan<byte> body, RepositoryName repository)
    {
        try
        {
            var page = new JsonObjectReader(StrictJson.Parse(body, JsonLimits.OfBytes(RegistryLimits.MaxTagPageBytes)), "list of tags");
            return page.Optional("tags") is null or { ValueKind: JsonValueKind.Null } ? [] : page.Texts("tags");
        }
        catch (TrustException e)
        {
            throw RegistryErrors.Inconsistent($"the list of tags of {repository}", e.Message);
        }
    }
}
