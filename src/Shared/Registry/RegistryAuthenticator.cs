using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Json;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>
/// Answers the challenge of a registry, or of a trust server, which asks in the same way. Credentials go to the peer itself or
/// to the token service that it names, never to another host; tokens live in memory only.
/// </summary>
internal sealed class RegistryAuthenticator(HttpExchange exchange, HttpPeer peer, IRegistryCredentials? credentials)
{
    /// <summary>The header that answers a 401, or null if the peer asks for nothing that can be given.</summary>
    /// <param name="refusal">The answer with status 401.</param>
    /// <param name="repository">What is to be read or written.</param>
    /// <param name="scope">The access that is needed: <c>repository:team/app:pull</c>.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    /// <exception cref="TrustException">The peer's code for denied access, <see cref="TrustError.InsecureTransport"/> or a failure of the exchange.</exception>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(HttpAnswer refusal, RepositoryName repository, string scope, CancellationToken cancellationToken)
    {
        foreach (var offered in refusal.Headers.WwwAuthenticate)
        {
            if (offered.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && BearerChallenge.TryParse(offered.Parameter, out var challenge))
                return new AuthenticationHeaderValue("Bearer", await TokenAsync(refusal.Uri, challenge, await FindAsync(challenge.Realm).ConfigureAwait(false), repository, scope, cancellationToken).ConfigureAwait(false));
            if (offered.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && await FindAsync(refusal.Uri).ConfigureAwait(false) is { IdentityToken: null } credential)
                return Basic(credential);
        }
        return null;

        async Task<RegistryCredential?> FindAsync(Uri recipient) =>
            credentials is null ? null : await credentials.FindForAsync(repository, recipient, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> TokenAsync(
        Uri asking, BearerChallenge challenge, RegistryCredential? credential, RepositoryName repository, string scope, CancellationToken cancellationToken)
    {
        // A peer behind TLS may not send anybody's password over plain HTTP, not even to a service on the caller's machine.
        if (challenge.Realm.Scheme != Uri.UriSchemeHttps && asking.Scheme == Uri.UriSchemeHttps)
            throw new TrustException(TrustError.InsecureTransport, $"The {peer.Name} at {asking.Authority} names a token service without TLS.");
        var answer = await exchange.SendAsync(
            credential?.IdentityToken is null ? challenge.TokenAddress(scope) : challenge.Realm,
            uri => Request(uri, challenge, credential, scope),
            RegistryLimits.MaxTokenAnswerBytes,
            cancellationToken).ConfigureAwait(false);
        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
            throw RegistryErrors.Denied(peer, repository, credential is not null);
        if (!answer.IsSuccess)
            throw new TrustException(peer.Unreachable, $"The token service at {answer.Uri.Authority} cannot serve: it answered with status {(int)answer.Status}.") { Hint = "Nothing was decided. Try again later." };
        return Read(answer);
    }

    private static HttpRequestMessage Request(Uri uri, BearerChallenge challenge, RegistryCredential? credential, string scope)
    {
        if (credential?.IdentityToken is not { } identity)
            return new HttpRequestMessage(HttpMethod.Get, uri) { Headers = { Authorization = credential is null ? null : Basic(credential) } };
        // Source: OAuth2 flow of the distribution token service; RFC 6749 §6.
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = identity,
            ["client_id"] = "signer",
            ["scope"] = scope,
        };
        if (challenge.Service is { } service)
            form["service"] = service;
        return new HttpRequestMessage(HttpMethod.Post, uri) { Content = new FormUrlEncodedContent(form) };
    }

    private string Read(HttpAnswer answer)
    {
        try
        {
            var json = StrictJson.Parse(answer.Body.Span, JsonLimits.OfBytes(RegistryLimits.MaxTokenAnswerBytes));
            foreach (var name in new[] { "token", "access_token" })
            {
                // Only characters that may stand in a header; RFC 6750 §2.1.
                if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String &&
                    value.GetString() is { Length: > 0 } token && token.All(character => character is > ' ' and <= '~'))
                    return token;
            }
        }
        catch (TrustException)
        {
            // The cause may quote the answer, which may hold a token.
        }
        throw new TrustException(peer.Misbehaving, $"The token service at {answer.Uri.Authority} answered with something that is no token.");
    }

    private static AuthenticationHeaderValue Basic(RegistryCredential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}")));
}
