using System.Text.Json;
using BenchmarkDotNet.Attributes;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Samples;

namespace TrustService.Benchmarks;

/// <summary>From the bytes of a targets file to the bytes that signatures cover.</summary>
public class CanonicalJsonBenchmarks
{
    private byte[] file = [];
    private JsonElement parsed;

    /// <summary>Targets in the file.</summary>
    [Params(20, 1000, 10_000)]
    public int Targets { get; set; }

    /// <summary>Makes the file.</summary>
    [GlobalSetup]
    public void Setup()
    {
        file = TufFormat.Instance.WriteFile(TufFormat.Instance.WriteSigned(SampleImages.Targets(Targets, SampleRepository.Now)), []);
        parsed = StrictJson.Parse(file, JsonLimits.OfBytes(file.Length));
    }

    /// <summary>Canonical bytes of what is parsed.</summary>
    [Benchmark]
    public byte[] Encode() => CanonicalJson.Encode(parsed);

    /// <summary>The strict parser alone.</summary>
    [Benchmark]
    public JsonElement Parse() => StrictJson.Parse(file, JsonLimits.OfBytes(file.Length));

    /// <summary>Everything that reading a metadata file takes: parsing, canonical bytes, the model.</summary>
    [Benchmark]
    public object Read() => TufFormat.Instance.Read<Targets>(file, file.Length);
}
