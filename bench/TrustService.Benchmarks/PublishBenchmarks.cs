using BenchmarkDotNet.Attributes;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Samples;

namespace TrustService.Benchmarks;

/// <summary>What a publish costs the server before anything is stored: checks, new snapshot and timestamp, a client's walk.</summary>
public class PublishBenchmarks
{
    private SampleRepository? repository;
    private UploadedFile? upload;

    /// <summary>Images of the repository.</summary>
    [Params(20, 1000, 10_000)]
    public int Targets { get; set; }

    /// <summary>Publishes the repository and signs the next targets.</summary>
    [GlobalSetup]
    public void Setup()
    {
        repository = new SampleRepository(Targets);
        upload = new UploadedFile(RoleName.Targets, repository.Sign(SampleImages.MoveFirstTag(repository.Targets)));
    }

    /// <summary>One tag has moved.</summary>
    [Benchmark]
    public int MoveOneTag() => CandidateSet.OfUploads(TufFormat.Instance, repository!.Published, [upload!], repository.Signers, SampleRepository.Rules, SampleRepository.Now).NewFiles.Length;
}
