using System.Net;
using TrustService.Errors;
using TrustService.Http;

namespace TrustService.Client;

/// <summary>Metadata files of one repository from a Notary server.</summary>
/// <param name="baseUrl">Where they are, with a final slash.</param>
/// <param name="get">Gets an address, of at most so many bytes, with whatever authentication the server asks for.</param>
internal sealed class NotaryMetadataSource(string baseUrl, Func<Uri, int, CancellationToken, Task<HttpAnswer>> get) : IMetadataSource
{
    /// <inheritdoc/>
    public string Location => baseUrl;

    /// <inheritdoc/>
    public async Task<byte[]?> FetchAsync(string fileName, int maxBytes, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(fileName, maxBytes, cancellationToken).ConfigureAwait(false);
        return answer.Status switch
        {
            HttpStatusCode.OK => answer.Body.ToArray(),
            HttpStatusCode.NotFound => null,
            _ => throw NotaryAnswers.ExplainRead(answer),
        };
    }

    private async Task<HttpAnswer> GetAsync(string fileName, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await get(new Uri(baseUrl + fileName), maxBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (TrustException e) when (e.Error == TrustError.TooLarge)
        {
            throw new TrustException(e.Error, $"{fileName} at {baseUrl} has more than the {maxBytes} bytes that it may have.", e);
        }
    }
}
