using BenchmarkDotNet.Attributes;
using TrustService.Client;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Samples;

namespace TrustService.Benchmarks;

/// <summary>Verifying one image from its pinned root on, without network and disk.</summary>
public class VerifyImageBenchmarks
{
    private readonly MemoryCache warmCache = new();
    private MemorySource? source;
    private byte[] pinnedRoot = [];

    /// <summary>Images of the repository.</summary>
    [Params(20, 1000, 10_000)]
    public int Targets { get; set; }

    /// <summary>Publishes the repository and fills the warm cache.</summary>
    [GlobalSetup]
    public async Task Setup()
    {
        var published = new SampleRepository(Targets).Published;
        source = new MemorySource(published);
        pinnedRoot = published.Root.Metadata.File.ToArray();
        Pin(warmCache);
        await Verify(warmCache);
    }

    /// <summary>The first run: everything comes from the server.</summary>
    [Benchmark]
    public Task<long> Cold()
    {
        var cache = new MemoryCache();
        Pin(cache);
        return Verify(cache);
    }

    /// <summary>A later run: only timestamp comes from the server, the cached files are verified again.</summary>
    [Benchmark]
    public Task<long> Warm() => Verify(warmCache);

    private void Pin(MemoryCache cache) => cache.Write(TufFormat.Instance.Rules.FileName(RoleName.Root, null), pinnedRoot);

    private async Task<long> Verify(MemoryCache cache)
    {
        var client = new TrustClient(TufFormat.Instance, source, cache, SampleRepository.Now, new TrustClientOptions());
        var top = await client.RefreshAsync(CancellationToken.None);
        var found = await client.FindAsync(top, SampleImages.Tag(Targets / 2), CancellationToken.None);
        return found!.Target.Length;
    }
}
