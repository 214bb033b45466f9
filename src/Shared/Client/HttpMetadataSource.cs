using System.Net;
using TrustService.Errors;
using TrustService.Http;

namespace TrustService.Client;

/// <summary>Metadata files over HTTP, from any TUF server.</summary>
/// <param name="exchange">How requests are made.</param>
/// <param name="metadataUrl">The metadata base URL, with or without a final slash. It is used as it is, escapes included.</param>
public sealed class HttpMetadataSource(HttpExchange exchange, string metadataUrl) : IMetadataSource
{
    // Names and base must reach the server as they are: a role may be called "../x", which arrives as "..%2Fx".
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string baseUrl = metadataUrl.EndsWith('/') ? metadataUrl : metadataUrl + "/";

    /// <inheritdoc/>
    public string Location => baseUrl;

    /// <inheritdoc/>
    public async Task<byte[]?> FetchAsync(string fileName, int maxBytes, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(baseUrl + fileName, AsWritten, out var uri))
            throw ServerAnswers.NoAddress(baseUrl);
        var answer = await GetAsync(uri, fileName, maxBytes, cancellationToken).ConfigureAwait(false);
        return answer.Status switch
        {
            HttpStatusCode.OK => answer.Body.ToArray(),
            HttpStatusCode.NotFound => null,
            // Some object stores answer 403 for what is absent; a trust server says why it forbids.
            HttpStatusCode.Forbidden when !ServerAnswers.IsCoded(answer) => null,
            _ => throw ServerAnswers.ExplainRead(answer),
        };
    }

    private async Task<HttpAnswer> GetAsync(Uri uri, string fileName, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await exchange.SendAsync(uri, address => new HttpRequestMessage(HttpMethod.Get, address), maxBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (TrustException e) when (e.Error == TrustError.TooLarge)
        {
            throw new TrustException(e.Error, $"{fileName} at {baseUrl} has more than the {maxBytes} bytes that it may have.", e);
        }
    }
}
