using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Client;

/// <summary>The part of a trust server's management API that owners need for repairs. A server of another kind has none.</summary>
/// <param name="exchange">How requests are made.</param>
/// <param name="server">The server's address, without a final slash.</param>
public sealed class RepositoryManagement(HttpExchange exchange, string server)
{
    private const int MaxAnswerBytes = 1024 * 1024;
    private const int PageSize = 100;

    /// <summary>Versions of a role that were published and when, the newest first; a page of them at the most. Nothing is trusted by this.</summary>
    /// <returns>None if the server knows nothing of the repository, or has no such route.</returns>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<ImmutableArray<(long Version, DateTimeOffset PublishedAt)>> ReadVersionsAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken)
    {
        var uri = new Uri($"{RepositoryUrl(repository)}/history?role={Uri.EscapeDataString(role.Value)}&limit={PageSize}");
        var answer = await exchange.SendAsync(uri, address => new HttpRequestMessage(HttpMethod.Get, address), MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.NotFound)
            return [];
        if (answer.Status != HttpStatusCode.OK)
            throw ServerAnswers.Explain(answer);
        var read = new JsonObjectReader(StrictJson.Parse(answer.Body.Span, JsonLimits.OfBytes(MaxAnswerBytes)), "history");
        return [.. read.Array("files").EnumerateArray().Select(item => new JsonObjectReader(item, "file")).Select(file => (file.Integer("version", 1, long.MaxValue), Time(file)))];
    }

    /// <summary>Removes a repository with its metadata, history and online keys.</summary>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.RepositoryUnknown"/> if there is none.</exception>
    public async Task DeleteAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        var answer = await exchange.SendAsync(new Uri(RepositoryUrl(repository)), address => new HttpRequestMessage(HttpMethod.Delete, address), MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
            throw ServerAnswers.Explain(answer);
    }

    private static DateTimeOffset Time(JsonObjectReader file) =>
        DateTimeOffset.TryParse(file.Text("publishedAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw file.Refuse("names no time of its publication");

    private string RepositoryUrl(RepositoryName repository) => $"{server}/api/v1/repositories/{string.Join('/', repository.Value.Split('/').Select(Uri.EscapeDataString))}";
}
