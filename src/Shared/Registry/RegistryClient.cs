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

    /// <summary>Closes all connections and forgets all tokens.</summary>
    public void Dispose()
    {
        foreach (var connection in _connections.Values.Where(lazy => lazy.IsValueCreated))
            connection.Value.Dispose();
    }

    private async Task<Manifest> GetAsync(RepositoryName repository, string? tag, Digest? digest, CancellationToken cancellationToken)
    {
        var what = tag is null ? $"{repository.Value}@{digest}" : $"{repository.Value}:{tag}";
        var connection = _connections.GetOrAdd(repository.ApiHost, _ => new Lazy<RegistryConnection>(() => RegistryConnection.Open(repository, options))).Value;
        var uri = connection.ManifestAddress(repository, tag ?? digest!.ToString());
        var answer = await SendAsync(connection, repository, uri, cancellationToken).ConfigureAwait(false);
        RefuseFailure(answer, repository, what);
        // The bytes are hashed here and in the reader, and never asked for again: no second answer can differ from this one.
        CheckAnnouncedDigest(answer, what);
        return ManifestReader.Read(answer.Body, answer.ContentType, digest);
    }

    private async Task<HttpAnswer> SendAsync(RegistryConnection connection, RepositoryName repository, Uri uri, CancellationToken cancellationToken)
    {
        var answer = await SendOnceAsync().ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.TooManyRequests && RetryAfter(answer) is { } wait && wait <= RegistryLimits.MaxRetryAfter)
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            answer = await SendOnceAsync().ConfigureAwait(false);
        }
        return answer;

        Task<HttpAnswer> SendOnceAsync() => connection.Exchange.SendAsync(uri, Request, OciLimits.MaxManifestBytes, repository, ScopeOf(repository), cancellationToken);

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
            _ => RegistryErrors.Unreachable(repository, RegistryErrors.Describe(answer)),
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
