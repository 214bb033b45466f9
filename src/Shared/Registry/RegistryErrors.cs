using System.Net;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Json;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>The refusals of a registry, each in one wording.</summary>
internal static class RegistryErrors
{
    /// <summary>Access is refused.</summary>
    public static TrustException Denied(HttpPeer peer, RepositoryName repository, bool hadCredentials) =>
        new(peer.Denied, $"The {peer.Name} refuses access to {repository.Value} {(hadCredentials ? "to the credentials that were found for it" : "to someone without credentials")}.")
        {
            Hint = $"Log in with any container tool (docker login {repository.Host}), or check that the repository exists and may be read.",
        };

    /// <summary>There is no such image.</summary>
    public static TrustException Unknown(string what) =>
        new(TrustError.ImageUnknown, $"The registry has no image {what}.") { Hint = "Check the name, or push the image first." };

    /// <summary>The registry answers, but cannot serve.</summary>
    public static TrustException Unreachable(RepositoryName repository, HttpAnswer answer) =>
        new(TrustError.RegistryUnreachable, $"The registry {repository.Host} cannot serve {repository.Path}: {Describe(answer)}.")
        {
            // What speaks TLS has this status for whoever does not.
            Hint = answer.Status == HttpStatusCode.BadRequest && answer.Uri.Scheme == Uri.UriSchemeHttp
                ? "It was asked by plain HTTP. If it speaks TLS, name its authority's file with --registry-ca."
                : "Nothing was decided. Try again later.",
        };

    /// <summary>The registry contradicts itself.</summary>
    public static TrustException Inconsistent(string what, string problem) =>
        new(TrustError.RegistryInconsistent, $"The registry contradicts itself about {what}: {problem}.")
        {
            Hint = "Do not use the image. Something between here and the registry may be changing answers.",
        };

    /// <summary>Status and, if the body has the registries' shape, the first error's code.</summary>
    public static string Describe(HttpAnswer answer)
    {
        var status = $"it answered with status {(int)answer.Status}";
        try
        {
            var json = StrictJson.Parse(answer.Body.Span, JsonLimits.OfBytes(HttpLimits.MaxErrorBodyBytes));
            return json.ValueKind == JsonValueKind.Object && json.TryGetProperty("errors", out var errors) &&
                errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 &&
                errors[0].ValueKind == JsonValueKind.Object && errors[0].TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String
                ? $"{status} ({Quoted.Text(code.GetString()!)})"
                : status;
        }
        catch (TrustException)
        {
            return status;
        }
    }
}
