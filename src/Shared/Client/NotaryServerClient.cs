using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Http;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Registry;

namespace TrustService.Client;

/// <summary>Talks to a trust server in the protocol of Notary v1, as the <c>notary</c> and <c>docker</c> clients do.</summary>
public sealed class NotaryServerClient : ITrustServer
{
    private const int MaxKeyBytes = 256 * 1024;
    private const int MaxAnswerBytes = 1024 * 1024;
    private const string Read = "pull";
    private const string Write = "push,pull";
    private const string Administer = "*";

    private readonly AuthenticatedExchange exchange;

    /// <summary>Makes a client.</summary>
    /// <param name="exchange">How requests are made.</param>
    /// <param name="server">The server's address: <c>https://notary.example.com</c>.</param>
    /// <param name="credentials">Finds credentials if the server asks for them, or null.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if that is no address.</exception>
    public NotaryServerClient(HttpExchange exchange, string server, IRegistryCredentials? credentials)
    {
        this.exchange = new AuthenticatedExchange(exchange, HttpPeer.TrustServer, credentials);
        Address = ServerAnswers.RequireAddress(server);
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public IMetadataSource Metadata(RepositoryName repository) =>
        new NotaryMetadataSource(MetadataUrl(repository), (uri, maxBytes, cancellationToken) => SendAsync(HttpMethod.Get, uri, null, maxBytes, repository, Read, cancellationToken));

    /// <inheritdoc/>
    public async Task<PublishResult> PublishAsync(RepositoryName repository, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> files, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Post, new Uri(MetadataUrl(repository)), () => Multipart(files), MaxAnswerBytes, repository, Write, cancellationToken).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.OK ? new PublishResult(ImmutableDictionary<RoleName, long>.Empty) : throw NotaryAnswers.Explain(answer);
    }

    /// <inheritdoc/>
    public Task<OnlineKeySet> RequestOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        KeyAsync(HttpMethod.Get, format, repository, role, Write, cancellationToken);

    /// <inheritdoc/>
    public Task<OnlineKeySet> ReadOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        KeyAsync(HttpMethod.Get, format, repository, role, Write, cancellationToken);

    /// <inheritdoc/>
    public Task<OnlineKeySet> RotateOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        KeyAsync(HttpMethod.Post, format, repository, role, Administer, cancellationToken);

    private async Task<OnlineKeySet> KeyAsync(HttpMethod method, IMetadataFormat format, RepositoryName repository, RoleName role, string actions, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(method, new Uri($"{MetadataUrl(repository)}{role}.key"), null, MaxKeyBytes, repository, actions, cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
            throw NotaryAnswers.Explain(answer);
        var key = StrictJson.Parse(answer.Body.Span, JsonLimits.OfBytes(MaxKeyBytes));
        var read = format.ReadKey(format.ComputeKeyId(key), key);
        if (!read.IsUsable)
            throw new TrustException(TrustError.UnacceptableKey, $"The trust server offers a key for {role} that cannot be used.") { Role = role.Value };
        // Written anew: the order of members in the answer is not the one of metadata.
        return new OnlineKeySet(format.DescribeKey(read.Scheme, read.Material), []);
    }

    private Task<HttpAnswer> SendAsync(HttpMethod method, Uri uri, Func<HttpContent>? content, int maxBytes, RepositoryName repository, string actions, CancellationToken cancellationToken) =>
        exchange.SendAsync(uri, address => new HttpRequestMessage(method, address) { Content = content?.Invoke() }, maxBytes, repository, $"repository:{repository.Value}:{actions}", cancellationToken);

    // The role is the file name, slashes included; the library would write it in two forms, which not every server reads.
    private static MultipartContent Multipart(IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> files)
    {
        var content = new MultipartContent("form-data");
        foreach (var (role, file) in files)
        {
            var part = new ReadOnlyMemoryContent(file);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            var name = role.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"files\"; filename=\"{name}\"");
            content.Add(part);
        }
        return content;
    }

    // Slashes and colons stay: servers route on them.
    private string MetadataUrl(RepositoryName repository) =>
        $"{Address}/v2/{string.Join('/', repository.Value.Split('/').Select(part => Uri.EscapeDataString(part).Replace("%3A", ":", StringComparison.Ordinal)))}/_trust/tuf/";
}
