using System.Collections.Concurrent;
using System.Net;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Reads manifests from registries. Source: OCI distribution-spec 1.1, Pull.</summary>
/// <param name="options">How registries are reached.</param>
/// <param name="time">Clock for waiting and for dates in answers.</param>
public sealed class RegistryClient(RegistryOptions options, TimeProvider time) : IImageSource, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RegistryConnection>> _connections = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<Manifest> ResolveAsync(ImageReference reference, CancellationToken cancellationToken) =>
        GetAsync(reference.Repository, reference.Digest is null ? reference.Tag : null, reference.Digest, cancellationToken);

    /// <inheritdoc/>
    public Task<Manifest> FetchAsync(RepositoryName repository, Digest digest, CancellationToken cancellationToken) =>
        GetAsync(repository, null, digest, cancellationToken);

    /// <summary>The tags that a repository has, as the registry says; nothing of it is trusted. Source: OCI distribution-spec 1.1, Listing tags.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <returns>The tags in the registry's order, each once; empty if there is no such repository.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.TooLarge"/> for more than <see cref="RegistryLimits.MaxTags"/>, or a code for the registry's own failure.</exception>
    public async Task<IReadOnlyList<string>> ListTagsAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        var tags = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var connection = ConnectionOf(repository);
        for (string? last = null; ;)
        {
            var answer = await SendAsync(connection, repository, connection.TagsAddress(repository, last), RegistryLimits.MaxTagPageBytes, cancellationToken).ConfigureAwait(false);
            if (answer.Status == HttpStatusCode.NotFound && last is null)
                return [];
            RefuseFailure(answer, repository, $"the list of tags of {repository}");
            // Only what is a tag can be asked for.
            var page = TagPage.Read(answer.Body.Span, repository);
            var before = tags.Count;
            tags.AddRange(page.Where(tag => TargetNames.IsTag(tag) && seen.Add(tag)));
            if (tags.Count > RegistryLimits.MaxTags)
                throw new TrustException(TrustError.TooLarge, $"{repository} has more than {RegistryLimits.MaxTags} tags, which is more than is listed.");
            // Where the next page is, is not taken from the answer; and a page without anything new is the last one.
            if (!answer.Headers.Contains("Link") || tags.Count == before)
                return tags;
            last = page[^1];
        }
    }

    /// <summary>Closes all connections and forgets all tokens.</summary>
    public void Dispose()
    {
        foreach (var connection in _connections.Values.Where(lazy => lazy.IsValueCreated))
            connection.Value.Dispose();
    }

    private async Task<Manifest> GetAsync(RepositoryName repository, string? tag, Digest? digest, CancellationToken cancellationToken)
    {
        var what = tag is null ? $"{repository.Value}@{digest}" : $"{repository.Value}:{tag}";
        var connection = ConnectionOf(repository);
        var uri = connection.ManifestAddress(repository, tag ?? digest!.ToString());
        var answer = await SendAsync(connection, repository, uri, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false);
        RefuseFailure(answer, repository, what);
        // The bytes are hashed here and in the reader, and never asked for again: no second answer can differ from this one.
        CheckAnnouncedDigest(answer, what);
        return ManifestReader.Read(answer.Body, answer.ContentType, digest);
    }

    private RegistryConnection ConnectionOf(RepositoryName repository) =>
        _connections.GetOrAdd(repository.ApiHost, _ => new Lazy<RegistryConnection>(() => RegistryConnection.Open(repository, options))).Value;

    private async Task<HttpAnswer> SendAsync(RegistryConnection connection, RepositoryName repository, Uri uri, int maxBytes, CancellationToken cancellationToken)
    {
        var answer = await SendOnceAsync().ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.TooManyRequests && RetryAfter(answer) is { } wait && wait <= RegistryLimits.MaxRetryAfter)
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            answer = await SendOnceAsync().ConfigureAwait(false);
        }
        return answer;

        Task<HttpAnswer> SendOnceAsync() => connection.Exchange.SendAsync(uri, Request, maxBytes, repository, ScopeOf(repository), cancellationToken);

        static HttpRequestMessage Request(Uri to)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, to);
            foreach (var mediaType in MediaTypes.Accepted)
                request.Headers.Accept.ParseAdd(mediaType);
            return request;
        }
    }

    private TimeSpan? RetryAfter(HttpAnswer answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };

    private void RefuseFailure(HttpAnswer answer, RepositoryName repository, string what)
    {
        if (answer.Status == HttpStatusCode.OK)
            return;
        throw answer.Status switch
        {
            HttpStatusCode.NotFound => RegistryErrors.Unknown(what),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => RegistryErrors.Denied(HttpPeer.Registry, repository, options.Credentials is not null && HasAuthorization(repository)),
            _ when answer.IsSuccess => RegistryErrors.Inconsistent(what, RegistryErrors.Describe(answer)),
            _ => RegistryErrors.Unreachable(repository, answer),
        };
    }

    private bool HasAuthorization(RepositoryName repository) => _connections[repository.ApiHost].Value.Exchange.IsAuthorized(ScopeOf(repository));

    private static string ScopeOf(RepositoryName repository) => $"repository:{repository.Path}:pull";

    private static void CheckAnnouncedDigest(HttpAnswer answer, string what)
    {
        if (!answer.Headers.TryGetValues("Docker-Content-Digest", out var values))
            return;
        var text = string.Join(',', values);
        if (!Digest.TryParse(text, out var announced))
            throw RegistryErrors.Inconsistent(what, $"it announces {Quoted.Text(text)}, which is no digest");
        if (!announced.Matches(answer.Body.Span))
            throw RegistryErrors.Inconsistent(what, $"it announces {announced}, but serves {Digest.OfSha256(answer.Body.Span)}");
    }
}
