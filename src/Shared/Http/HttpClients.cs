using System.Net.Security;
using TrustService.Errors;

namespace TrustService.Http;

/// <summary>Makes HTTP clients that do nothing by themselves: no redirects, no decompression, no cookies.</summary>
public static class HttpClients
{
    /// <summary>Makes a client; the caller disposes it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if a certificate file cannot be used.</exception>
    public static HttpClient Create(HttpClientOptions options)
    {
        var certificates = ServerCertificateCheck.Load(options.ExtraCaFiles);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = HttpLimits.ConnectTimeout,
            MaxResponseHeadersLength = HttpLimits.MaxHeaderKibibytes,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            Proxy = options.Proxy,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = certificates.Check },
        };
        // HttpExchange keeps the deadline; the client's own one is a second net for what does not go through it.
        var client = new HttpClient(handler, disposeHandler: true) { Timeout = 2 * options.TotalTimeout };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("identity");
        return client;
    }
}
