using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

/// <summary>A client with a cache of its own on disk and the simulator's first root pinned; every call is a run of its own.</summary>
internal sealed class ClientFixture : IDisposable
{
    private readonly TestDirectory directory = new();

    public ClientFixture(RepositorySimulator repository)
    {
        Repository = repository;
        Source = repository;
        using var cache = OpenCache();
        cache.Write("root.json", repository.FirstRoot);
    }

    public RepositorySimulator Repository { get; }

    /// <summary>Where metadata comes from; null is offline.</summary>
    public IMetadataSource? Source { get; set; }

    public DateTimeOffset Now { get; set; } = FixedTime.Start;

    public TrustClientOptions Options { get; set; } = new();

    public string CacheDirectory => directory["cache"];

    public FileMetadataCache OpenCache() => FileMetadataCache.Open(CacheDirectory, CancellationToken.None);

    public async Task<TrustedTargets> RefreshAsync() => (await RunAsync(null)).Top;

    public async Task<FoundTarget?> FindAsync(string path) => (await RunAsync(path)).Found;

    /// <summary>Runs, expects a refusal, and expects that no trusted file moved except those that are named.</summary>
    public async Task<TrustException> RefusedAsync(TrustError expected, string[]? mayMove = null, string? path = null)
    {
        var before = State();
        var refusal = await Refusal.OfAsync(expected, () => RunAsync(path));
        var after = State();
        foreach (var name in before.Keys.Union(after.Keys).Except(mayMove ?? []))
            Assert.True(before.GetValueOrDefault(name) == after.GetValueOrDefault(name), $"{name} moved although the run was refused.");
        return refusal;
    }

    /// <summary>Name and content of every file of the cache.</summary>
    public SortedDictionary<string, string> State() =>
        new(Directory.GetFiles(CacheDirectory).Where(file => Path.GetFileName(file) != ".lock").ToDictionary(file => Path.GetFileName(file)!, file => Convert.ToHexString(File.ReadAllBytes(file))), StringComparer.Ordinal);

    public bool Holds(string fileName, byte[] content) => State().GetValueOrDefault(fileName) == Convert.ToHexString(content);

    public void Dispose() => directory.Dispose();

    private async Task<(TrustedTargets Top, FoundTarget? Found)> RunAsync(string? path)
    {
        using var cache = OpenCache();
        var client = new TrustClient(TufFormat.Instance, Source, cache, Now, Options);
        var top = await client.RefreshAsync(CancellationToken.None);
        return (top, path is null ? null : await client.FindAsync(top, path, CancellationToken.None));
    }
}
