using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Samples;
using TrustService.Verification;

namespace TrustService.Benchmarks;

/// <summary>Counting the signatures of a targets file with 20 images.</summary>
public class SignatureThresholdBenchmarks
{
    private SignedMetadata<Targets>? metadata;
    private FrozenDictionary<KeyId, PublicKey> keys = FrozenDictionary<KeyId, PublicKey>.Empty;
    private RoleKeys? role;

    /// <summary>How the keys sign.</summary>
    [Params(SignatureScheme.EcdsaP256Sha256, SignatureScheme.Ed25519, SignatureScheme.RsaPssSha256)]
    public SignatureScheme Scheme { get; set; }

    /// <summary>Which signatures the file has: those of the role's keys, or 995 of strangers before them.</summary>
    [Params("1 of 1", "3 of 5", "3 of 5 in 1000")]
    public string Signatures { get; set; } = "";

    /// <summary>Signs the file.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var format = TufFormat.Instance;
        var isSingle = Signatures == "1 of 1";
        var signers = Enumerable.Range(0, isSingle ? 1 : 5).Select(_ => SigningKeys.Generate(Scheme)).ToList();
        var described = signers.Select(key => format.DescribeKey(key.Scheme, key.Material)).ToList();
        keys = described.ToFrozenDictionary(key => key.Id);
        role = new RoleKeys { KeyIds = [.. keys.Keys], Threshold = isSingle ? 1 : 3 };

        var signed = format.WriteSigned(SampleImages.Targets(20, SampleRepository.Now));
        var payload = CanonicalJson.Encode(StrictJson.Parse(signed, JsonLimits.OfBytes(signed.Length)));
        var genuine = signers.Zip(described, (key, description) => new Signature(description.Id, key.Sign(payload))).ToList();
        var strangers = Enumerable.Range(0, Signatures.EndsWith("1000", StringComparison.Ordinal) ? 995 : 0)
            .Select(index => new Signature(new KeyId(Hex.Encode(SHA256.HashData(BitConverter.GetBytes(index)))), genuine[0].Value));
        metadata = format.Read<Targets>(format.WriteFile(signed, [.. strangers, .. genuine]), int.MaxValue);
        if (!Count())
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{Signatures} is not met."));
    }

    /// <summary>Counts them.</summary>
    [Benchmark]
    public bool Count() => SignatureThreshold.Count(metadata!, keys, role!).IsMet;
}
