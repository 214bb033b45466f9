using TrustService.Client;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Http;
using TrustService.Oci;

namespace TrustService.LoadTool;

/// <summary>A running server.</summary>
/// <param name="Product">Which product: it decides the protocol.</param>
/// <param name="Storage">Where it stores.</param>
/// <param name="Address">Its address.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="DatabaseProcessId">The postmaster of its PostgreSQL, or null.</param>
internal sealed record ServerUnderTest(string Product, string Storage, Uri Address, int ProcessId, int? DatabaseProcessId)
{
    /// <summary>The name of the other product.</summary>
    public const string Notary = "notary-server";

    /// <summary>The name of this product, on its routes of TUF.</summary>
    public const string TrustServer = "TrustServer";

    /// <summary>The name of this product, on its routes of Notary.</summary>
    public const string TrustServerAsNotary = "TrustServer as Notary";

    /// <summary>A client with one connection that is kept.</summary>
    public HttpClient Connect() => new(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false, UseCookies = false })
    {
        BaseAddress = Address,
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Makes a repository; nothing of it is published yet.</summary>
    public Task<OwnedRepository> CreateRepositoryAsync(HttpClient http, string name, int targets, CancellationToken cancellationToken)
    {
        var (repository, expires) = (RepositoryName.Parse(name), TimeProvider.System.GetUtcNow().AddYears(3));
        var exchange = new HttpExchange(http, HttpPeer.TrustServer, new HttpClientOptions());
        return Product == TrustServer
            ? OwnedRepository.CreateAsync(TufFormat.Instance, new TrustServerClient(exchange, http.BaseAddress!.ToString()), repository, $"/tuf/{name}/metadata", targets, expires, cancellationToken)
            : OwnedRepository.CreateAsync(NotaryFormat.Instance, new NotaryServerClient(exchange, http.BaseAddress!.ToString(), null), repository, $"/v2/{name}/_trust/tuf/", targets, expires, cancellationToken);
    }

    /// <summary>Starts to count CPU time.</summary>
    public CpuMeter StartMeter() => new(this);
}
