using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using TrustService.Errors;

namespace TrustService.Http;

/// <summary>
/// Sends a request and reads the whole answer: one deadline, a limit for the body, redirects within the same origin only,
/// and every failure as a coded refusal.
/// </summary>
/// <param name="client">A client of <see cref="HttpClients.Create"/>.</param>
/// <param name="peer">Who answers.</param>
/// <param name="options">The options that <paramref name="client"/> was made with.</param>
public sealed partial class HttpExchange(HttpClient client, HttpPeer peer, HttpClientOptions options)
{
    /// <summary>Sends a request.</summary>
    /// <param name="uri">Where to.</param>
    /// <param name="makeRequest">Makes the request; called again for each redirect, always with an address of the same origin.</param>
    /// <param name="maxBodyBytes">Bytes of the answer's body at the most.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    /// <returns>The answer, whatever its status.</returns>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.InsecureTransport"/>, <see cref="TrustError.TooLarge"/>, or the peer's codes for unreachable and misbehaving.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the inner exception is the refusal that says who was waited for.</exception>
    public async Task<HttpAnswer> SendAsync(Uri uri, Func<Uri, HttpRequestMessage> makeRequest, long maxBodyBytes, CancellationToken cancellationToken)
    {
        HttpTransport.Require(uri, options.AllowPlainHttp);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.TotalTimeout);
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                using var request = makeRequest(uri);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
                if (response.Headers.Location is { } location && IsRedirect(response))
                    uri = Follow(request, location, redirects);
                else
                    return await ReadAsync(response, uri, maxBodyBytes, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The exchange was given up.", Unreachable(uri, "no complete answer in time", e), cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw Unreachable(uri, e.InnerException is TimeoutException ? "no connection in time" : $"no complete answer within {options.TotalTimeout.TotalSeconds:0} s", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new TrustException(TrustError.TooLarge, $"The {peer.Name} at {Authority(uri)} answered with headers of more than {HttpLimits.MaxHeaderKibibytes} KiB.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Explain(uri, e);
        }
    }

    private async Task<HttpAnswer> ReadAsync(HttpResponseMessage response, Uri uri, long maxBodyBytes, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentEncoding.Any(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)))
            throw Misbehaving(uri, "it sent a compressed body that was not asked for");
        var contentType = response.Content.Headers.TryGetValues("Content-Type", out var values) ? string.Join(',', values) : null;
        return new HttpAnswer(response.StatusCode, response.Headers, contentType, await BodyAsync().ConfigureAwait(false), uri);

        async Task<byte[]> BodyAsync()
        {
            // These have no body, although they may announce the length of the one that GET or 200 would have.
            if (response.RequestMessage!.Method == HttpMethod.Head || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified)
                return [];
            if (response.IsSuccessStatusCode)
                return await BoundedContent.ReadAsync(response.Content, maxBodyBytes, cancellationToken).ConfigureAwait(false);
            try
            {
                return await BoundedContent.ReadAsync(response.Content, HttpLimits.MaxErrorBodyBytes, cancellationToken).ConfigureAwait(false);
            }
            catch (TrustException)
            {
                return [];
            }
        }
    }

    private static bool IsRedirect(HttpResponseMessage response) => (int)response.StatusCode is 301 or 302 or 303 or 307 or 308;

    private Uri Follow(HttpRequestMessage request, Uri location, int redirects)
    {
        var from = request.RequestUri!;
        if (!Uri.TryCreate(from, location, out var to))
            throw Misbehaving(from, "it redirected to something that is no address");
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
            throw Misbehaving(from, "it redirected a request that carries data");
        if (!HttpTransport.IsSameOrigin(from, to))
            throw Misbehaving(from, "it redirected to another place, which is not followed");
        if (redirects >= HttpLimits.MaxRedirects)
            throw Misbehaving(from, $"it redirected more than {HttpLimits.MaxRedirects} times");
        return to;
    }

    private TrustException Explain(Uri uri, Exception exception)
    {
        if (exception.InnerException is AuthenticationException tls)
        {
            var refused = tls as CertificateException;
            return new TrustException(peer.Unreachable, $"No secure connection to the {peer.Name} at {Authority(uri)}: {refused?.Message ?? "it does not speak TLS, or no version of it that is accepted here"}.", exception)
            {
                Hint = refused is null ? "Check the address: its scheme and its port." : refused.Hint ?? $"If its certificate comes from your own authority, name that authority's file with {peer.CaOption}.",
            };
        }
        // Without the exception, whose message holds the login for the proxy.
        if (exception is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError })
            return Unreachable(uri, Refusal(exception), null);
        var problem = (exception, exception.InnerException) switch
        {
            (_, SocketException socket) => socket.Message.TrimEnd('.'),
            (HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }, _) => "it does not speak TLS",
            (HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }, _) =>
                $"it ended the connection before the answer was complete{(uri.Scheme == Uri.UriSchemeHttp ? "; it was asked by plain HTTP, and may speak TLS only" : "")}",
            (HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }, _) => "its answer is not HTTP",
            _ => "the connection failed",
        };
        return Unreachable(uri, problem, exception);
    }

    private TrustException Unreachable(Uri uri, string problem, Exception? exception)
    {
        var proxy = options.Proxy.IsBypassed(uri) ? null : options.Proxy.GetProxy(uri);
        // Without the login that its address may hold.
        var way = proxy is null ? "" : $" through the proxy {proxy.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}";
        return new TrustException(peer.Unreachable, $"The {peer.Name} at {Authority(uri)} cannot be reached{way}: {problem}.", exception)
        {
            Hint = $"Nothing was decided. Check the address and the network{(proxy is null ? "" : ", and the proxy (HTTPS_PROXY, ALL_PROXY, NO_PROXY)")}, then try again.",
        };
    }

    // The base library tells the status in its message alone.
    private static string Refusal(Exception tunnel) =>
        Status().Match(tunnel.Message) is { Success: true, Value: var status } ? $"the proxy answered with status {status}{(status == "407" ? ", it asks for a login" : "")}" : "the proxy refuses to connect";

    [GeneratedRegex(@"\b[1-5][0-9]{2}\b(?=\D*\z)", RegexOptions.CultureInvariant)]
    private static partial Regex Status();

    private TrustException Misbehaving(Uri uri, string problem) =>
        new(peer.Misbehaving, $"The {peer.Name} at {Authority(uri)} did not answer as it should: {problem}.");

    private static string Authority(Uri uri) => uri.GetLeftPart(UriPartial.Authority);
}
