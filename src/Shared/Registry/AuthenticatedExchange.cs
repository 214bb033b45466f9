using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Sends requests, and once more with what the peer's challenge asks for. What it accepted is kept for the run, by scope.</summary>
/// <param name="exchange">How requests are made.</param>
/// <param name="peer">Who answers.</param>
/// <param name="credentials">Finds credentials, or null to go without.</param>
internal sealed class AuthenticatedExchange(HttpExchange exchange, HttpPeer peer, IRegistryCredentials? credentials)
{
    private readonly RegistryAuthenticator authenticator = new(exchange, peer, credentials);
    private readonly ConcurrentDictionary<string, AuthenticationHeaderValue> authorizations = new(StringComparer.Ordinal);

    /// <summary>True if the peer asked for authentication within a scope and got an answer.</summary>
    public bool IsAuthorized(string scope) => authorizations.ContainsKey(scope);

    /// <summary>Sends a request.</summary>
    /// <param name="uri">Where to.</param>
    /// <param name="makeRequest">Makes the request; called again for each redirect and for the second attempt.</param>
    /// <param name="maxBodyBytes">Bytes of the answer's body at the most.</param>
    /// <param name="repository">The repository whose credentials count.</param>
    /// <param name="scope">The access that is needed, as token services write it.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    /// <returns>The answer, whatever its status.</returns>
    /// <exception cref="TrustException">As of <see cref="HttpExchange.SendAsync"/>, or the refusal of a token service.</exception>
    public async Task<HttpAnswer> SendAsync(
        Uri uri, Func<Uri, HttpRequestMessage> makeRequest, long maxBodyBytes, RepositoryName repository, string scope, CancellationToken cancellationToken)
    {
        var answer = await SendOnceAsync().ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.Unauthorized)
            return answer;
        if (await authenticator.AnswerAsync(answer, repository, scope, cancellationToken).ConfigureAwait(false) is not { } authorization)
            return answer;
        authorizations[scope] = authorization;
        return await SendOnceAsync().ConfigureAwait(false);

        Task<HttpAnswer> SendOnceAsync() => exchange.SendAsync(uri, Authorized, maxBodyBytes, cancellationToken);

        HttpRequestMessage Authorized(Uri to)
        {
            var request = makeRequest(to);
            request.Headers.Authorization = authorizations.GetValueOrDefault(scope);
            return request;
        }
    }
}
