using TrustService.Client;
using TrustService.Http;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

/// <summary>A client that takes metadata and target files of the simulator over HTTP, each call as a run of its own over one cache.</summary>
internal sealed class DownloadFixture : IAsyncDisposable
{
    private readonly TestDirectory directory = new();
    private readonly HttpClientOptions http;
    private readonly HttpClient connections;

    private DownloadFixture(RepositorySimulator repository, RepositorySimulatorHost host, TimeSpan timeout)
    {
        Host = host;
        http = new HttpClientOptions { TotalTimeout = timeout };
        connections = HttpClients.Create(http);
        Client = new ClientFixture(repository) { Source = new HttpMetadataSource(Exchange, host.MetadataUrl) };
    }

    public RepositorySimulatorHost Host { get; }

    public ClientFixture Client { get; }

    /// <summary>False if the host keeps target files under plain names.</summary>
    public bool HasHashPrefixes { get; set; } = true;

    /// <summary>Where target files go.</summary>
    public string Files => directory["files"];

    /// <summary>The target files that were asked for.</summary>
    public IEnumerable<string> TargetRequests => Host.RawRequests.Where(path => path.StartsWith("/targets/", StringComparison.Ordinal));

    private HttpExchange Exchange => new(connections, HttpPeer.TrustServer, http);

    public static async Task<DownloadFixture> StartAsync(RepositorySimulator repository, TimeSpan? timeout = null) =>
        new(repository, await RepositorySimulatorHost.StartAsync(repository), timeout ?? TimeSpan.FromSeconds(20));

    /// <summary>Searches a target and downloads it.</summary>
    /// <returns>The path of its file.</returns>
    public async Task<string> DownloadAsync(string name) => await DownloadAsync(Assert.IsType<FoundTarget>(await Client.FindAsync(name)));

    public Task<string> DownloadAsync(FoundTarget found) =>
        new TargetDownloader(Exchange, Host.TargetUrl, Files) { HasHashPrefixes = HasHashPrefixes }.DownloadAsync(found, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        connections.Dispose();
        Client.Dispose();
        directory.Dispose();
    }
}
