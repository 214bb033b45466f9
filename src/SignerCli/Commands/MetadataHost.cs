using TrustService.Client;
using TrustService.Errors;
using TrustService.Http;

namespace TrustService.Cli.Commands;

/// <summary>A host that serves TUF metadata and target files as any web server does.</summary>
internal sealed class MetadataHost : IDisposable
{
    private const string MetadataSegment = "/metadata/";
    private const string TargetsSegment = "/targets/";

    private readonly HttpClientOptions options;
    private readonly HttpClient http;
    private readonly string url;

    private MetadataHost(string url, HttpClientOptions options)
    {
        (this.url, this.options) = (url, options);
        http = HttpClients.Create(options);
        Exchange = new HttpExchange(http, HttpPeer.MetadataHost, options);
    }

    /// <summary>How requests are made.</summary>
    public HttpExchange Exchange { get; }

    /// <summary>The metadata.</summary>
    public IMetadataSource Metadata => new HttpMetadataSource(Exchange, url);

    /// <summary>Where target files are unless something else is said: in <c>targets/</c>, beside <c>metadata/</c> or else below the address.</summary>
    public string DefaultTargetsUrl => url.EndsWith(MetadataSegment, StringComparison.Ordinal) ? url[..^MetadataSegment.Length] + TargetsSegment : url[..^1] + TargetsSegment;

    /// <summary>Opens no connection yet.</summary>
    /// <param name="name">What the command line calls the address.</param>
    /// <param name="url">The base URL of metadata, with or without a final slash.</param>
    /// <param name="options">How connections are made.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> or <see cref="TrustError.InsecureTransport"/>.</exception>
    public static MetadataHost Open(string name, string url, HttpClientOptions options) => new(RequireAddress(name, url, options), options);

    /// <summary>An address of files below this host's rules, with a final slash.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> or <see cref="TrustError.InsecureTransport"/>.</exception>
    public string RequireAddress(string name, string address) => RequireAddress(name, address, options);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static string RequireAddress(string name, string text, HttpClientOptions options)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            // Not repeated: somebody may have put a password into it.
            throw new TrustException(TrustError.Usage, $"What was given as {name} is no address of files: https (or http) and a host are needed, and neither a query nor a fragment.") { Hint = "An address is like https://files.example.com/metadata/." };
        }
        HttpTransport.Require(uri, options.AllowPlainHttp);
        return text.EndsWith('/') ? text : text + "/";
    }
}
