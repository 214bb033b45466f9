using System.Collections.Frozen;
using BenchmarkDotNet.Attributes;
using TrustService.Editing;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Samples;
using TrustService.Verification;

namespace TrustService.Benchmarks;

/// <summary>Counting 1000 genuine signatures of a role whose threshold is 1000: the longest that honest metadata takes.</summary>
public class LargeThresholdBenchmarks
{
    private const int Signers = 1000;

    private SignedMetadata<Targets>? metadata;
    private FrozenDictionary<KeyId, PublicKey> keys = FrozenDictionary<KeyId, PublicKey>.Empty;
    private RoleKeys? role;

    /// <summary>How the keys sign.</summary>
    [Params(SignatureScheme.EcdsaP256Sha256, SignatureScheme.Ed25519)]
    public SignatureScheme Scheme { get; set; }

    /// <summary>Signs the file.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var format = TufFormat.Instance;
        var signers = Enumerable.Range(0, Signers).Select(_ => SigningKeys.Generate(Scheme)).ToList();
        var described = signers.Select(key => format.DescribeKey(key.Scheme, key.Material)).ToList();
        keys = described.ToFrozenDictionary(key => key.Id);
        role = new RoleKeys { KeyIds = [.. keys.Keys], Threshold = Signers };
        metadata = MetadataSigner.Sign(format, SampleImages.Targets(20, SampleRepository.Now), described, signers);
        if (!Count())
            throw new InvalidOperationException("The threshold is not met.");
    }

    /// <summary>Counts them.</summary>
    [Benchmark]
    public bool Count() => SignatureThreshold.Count(metadata!, keys, role!).IsMet;
}
