using System.Collections.Immutable;
using System.Net;

namespace TrustService.Http;

/// <summary>How connections to a trust server or registry are made.</summary>
public sealed record HttpClientOptions
{
    /// <summary>PEM files with certificate authorities that are trusted besides the system's.</summary>
    public ImmutableArray<string> ExtraCaFiles { get; init; } = [];

    /// <summary>True to allow plain HTTP to hosts other than this machine.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>Value of the User-Agent header.</summary>
    public string UserAgent { get; init; } = "signer/0.1.0";

    /// <summary>Time for one request and its whole answer.</summary>
    public TimeSpan TotalTimeout { get; init; } = HttpLimits.TotalTimeout;

    /// <summary>What connections go through: the proxies of the environment, but none to this machine.</summary>
    internal IWebProxy Proxy { get; init; } = new LoopbackDirectProxy(HttpClient.DefaultProxy);
}
