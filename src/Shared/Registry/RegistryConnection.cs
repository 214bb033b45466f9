using System.Collections.Immutable;
using System.Globalization;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>What is kept for one registry host during a run: its client, its scheme, and tokens by repository.</summary>
internal sealed class RegistryConnection : IDisposable
{
    private readonly HttpClient _client;
    private readonly string _root;

    private RegistryConnection(HttpClient client, AuthenticatedExchange exchange, string root) =>
        (_client, Exchange, _root) = (client, exchange, root);

    public AuthenticatedExchange Exchange { get; }

    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if a certificate file cannot be used.</exception>
    public static RegistryConnection Open(RepositoryName repository, RegistryOptions options)
    {
        var authorities = AuthoritiesOf(repository, options);
        var isLoopback = Uri.TryCreate($"https://{repository.ApiHost}/", UriKind.Absolute, out var uri) && HttpTransport.IsLoopback(uri);
        var plain = options.PlainHttp ?? (isLoopback && authorities.IsEmpty);
        var http = new HttpClientOptions { ExtraCaFiles = authorities, AllowPlainHttp = options.PlainHttp == true, TotalTimeout = options.Timeout };
        var client = HttpClients.Create(http);
        var exchange = new HttpExchange(client, HttpPeer.Registry, http);
        return new RegistryConnection(client, new AuthenticatedExchange(exchange, HttpPeer.Registry, options.Credentials), $"{(plain ? "http" : "https")}://{repository.ApiHost}/v2/");
    }

    /// <summary>The address of a manifest. Source: OCI distribution-spec 1.1, Pulling manifests.</summary>
    public Uri ManifestAddress(RepositoryName repository, string tagOrDigest) => new($"{_root}{repository.Path}/manifests/{tagOrDigest}");

    /// <summary>The address of a page of tags. Source: OCI distribution-spec 1.1, Listing tags.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="last">The last tag of the page before, or null.</param>
    public Uri TagsAddress(RepositoryName repository, string? last) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{_root}{repository.Path}/tags/list?n={RegistryLimits.TagsPerPage}{(last is null ? "" : "&last=" + Uri.EscapeDataString(last))}"));

    public void Dispose() => _client.Dispose();

    private static ImmutableArray<string> AuthoritiesOf(RepositoryName repository, RegistryOptions options)
    {
        var files = options.CertificateDirectories
            .SelectMany(directory => new[] { repository.Host, repository.ApiHost }.Distinct().Select(host => Path.Combine(directory, host)))
            .Where(Directory.Exists)
            .SelectMany(directory => Directory.EnumerateFiles(directory, "*.crt").Order(StringComparer.Ordinal));
        return [.. options.ExtraCaFile is { } given ? [given] : (string[])[], .. files];
    }
}
