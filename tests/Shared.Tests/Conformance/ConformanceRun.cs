using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Http;
using TrustService.Metadata;
using TrustService.Shared.Tests.Client;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>
/// A repository and a client under one case of the conformance suite. Each call is a run of its own over the same cache, as the suite
/// starts a process for each. The repository lists no hashes of metadata unless a case turns them on.
/// </summary>
internal sealed class ConformanceRun : IAsyncDisposable
{
    private static readonly RoleName[] TopLevel = [RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets];

    private readonly string caseId;
    private readonly ClientFixture client;
    private readonly TestDirectory directory = new();
    private readonly HttpClientOptions http = new() { TotalTimeout = TimeSpan.FromSeconds(10) };
    private readonly HttpClient connections;
    private RepositorySimulatorHost? host;

    public ConformanceRun(string caseId)
    {
        this.caseId = caseId;
        client = new ClientFixture(Repository);
        connections = HttpClients.Create(http);
    }

    public RepositorySimulator Repository { get; } = new(FixedTime.Start, listsHashes: false);

    /// <summary>The clock of the client.</summary>
    public DateTimeOffset Now
    {
        get => client.Now;
        set => client.Now = value;
    }

    /// <summary>The trusted top-level files with their versions: <c>root 2, timestamp 1</c>.</summary>
    public string Trusted => string.Join(", ", TopLevel.Where(role => Version(role) is not null).Select(role => $"{role} {Version(role)}"));

    /// <summary>How many trusted files there are, whatever their names.</summary>
    public int TrustedFiles => client.State().Keys.Count(name => name.EndsWith(".json", StringComparison.Ordinal));

    /// <summary>The content of every downloaded file, oldest first.</summary>
    public IEnumerable<string> Downloaded => Directory.Exists(directory["files"])
        ? Directory.GetFileSystemEntries(directory["files"]).OrderBy(File.GetLastWriteTimeUtc).Select(File.ReadAllText)
        : [];

    /// <summary>The target files that were asked for, as they were sent.</summary>
    public IEnumerable<string> TargetRequests => host?.RawRequests.Where(path => path.StartsWith("/targets/", StringComparison.Ordinal)).Select(path => path["/targets/".Length..]) ?? [];

    /// <summary>The metadata files that were asked for over HTTP, as they were sent.</summary>
    public IEnumerable<string> MetadataRequests => host?.RawRequests.Where(path => path.StartsWith("/metadata/", StringComparison.Ordinal)).Select(path => path["/metadata/".Length..]) ?? [];

    /// <summary>Pins another root than the first.</summary>
    public void Pin(byte[] root)
    {
        using var cache = client.OpenCache();
        cache.Write("root.json", root);
    }

    /// <summary>Takes the metadata over HTTP as well.</summary>
    public async Task UseHttpAsync() => client.Source = new HttpMetadataSource(Exchange, (await HostAsync()).MetadataUrl);

    /// <summary>The trusted version of a role, or null.</summary>
    public long? Version(RoleName role) => Stored(role) is not { } file ? null
        : role == RoleName.Root ? TufFormat.Instance.Read<Root>(file, int.MaxValue).Signed.Version
        : role == RoleName.Timestamp ? TufFormat.Instance.Read<Timestamp>(file, int.MaxValue).Signed.Version
        : role == RoleName.Snapshot ? TufFormat.Instance.Read<Snapshot>(file, int.MaxValue).Signed.Version
        : TufFormat.Instance.Read<Targets>(file, int.MaxValue).Signed.Version;

    /// <summary>True if the trusted file of a role is, byte for byte, the one that the repository serves under that name.</summary>
    public bool Holds(RoleName role, string served) => Stored(role) is { } file && file.AsSpan().SequenceEqual(Repository.Files[served]);

    /// <summary>A refresh that must succeed.</summary>
    public Task RefreshesAsync() => AcceptedAsync(client.RefreshAsync);

    /// <summary>A refresh that must be refused.</summary>
    public Task<TrustException> RefusesAsync(TrustError expected) => RefusedAsync(expected, client.RefreshAsync);

    /// <summary>A download that must succeed.</summary>
    public Task DownloadsAsync(string name) => AcceptedAsync(() => DownloadAsync(name));

    /// <summary>A download that must be refused; several names are looked up by one client.</summary>
    public Task<TrustException> RefusesDownloadAsync(TrustError expected, params string[] names) => RefusedAsync(expected, () => DownloadAsync(names));

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
            await host.DisposeAsync();
        connections.Dispose();
        client.Dispose();
        directory.Dispose();
    }

    private HttpExchange Exchange => new(connections, HttpPeer.TrustServer, http);

    private async Task<bool> DownloadAsync(params string[] names)
    {
        using var cache = client.OpenCache();
        var run = new TrustClient(TufFormat.Instance, client.Source, cache, Now, client.Options);
        var top = await run.RefreshAsync(CancellationToken.None);
        foreach (var name in names)
        {
            var found = await run.FindAsync(top, name, CancellationToken.None) ?? throw new TrustException(TrustError.NotSigned, $"No role lists {name}.");
            await new TargetDownloader(Exchange, (await HostAsync()).TargetUrl, directory["files"]).DownloadAsync(found, CancellationToken.None);
        }
        return true;
    }

    private byte[]? Stored(RoleName role) => client.State().TryGetValue($"{role}.json", out var hex) ? Convert.FromHexString(hex) : null;

    private async Task<RepositorySimulatorHost> HostAsync() => host ??= await RepositorySimulatorHost.StartAsync(Repository);

    private async Task<T> AcceptedAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (TrustException e)
        {
            throw new InvalidOperationException($"{caseId} was refused: {e.Error}, {e.Message}", e);
        }
    }

    private async Task<TrustException> RefusedAsync<T>(TrustError expected, Func<Task<T>> action)
    {
        try
        {
            await action();
        }
        catch (TrustException e) when (e.Error == expected)
        {
            return e;
        }
        throw new InvalidOperationException($"{caseId} was not refused; {expected} was expected.");
    }
}
