using TrustService.Editing;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Samples;

namespace TrustService.Benchmarks;

/// <summary>A repository with some images, all of its keys at hand.</summary>
internal sealed class SampleRepository
{
    /// <summary>The one time of every benchmark.</summary>
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The rules of a server with its defaults.</summary>
    public static readonly PublishRules Rules = new() { TimestampLifetime = TimeSpan.FromDays(14), SnapshotLifetime = TimeSpan.FromDays(90) };

    private readonly ISigningKey targetsKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
    private readonly PublicKey targetsPublicKey;

    /// <summary>Makes and publishes it.</summary>
    /// <param name="targets">Its images.</param>
    public SampleRepository(int targets)
    {
        var rootKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
        var snapshotKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
        var timestampKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
        targetsPublicKey = Describe(targetsKey);
        Signers = new OnlineSigners([snapshotKey], [timestampKey]);
        var expires = Now.AddYears(1);
        var root = NewRepository.Create(TufFormat.Instance, RepositoryName.Parse("registry.example.com/team/app"), rootKey, targetsKey, [Describe(snapshotKey)], [Describe(timestampKey)], Now, expires, expires).Root;
        Targets = SampleImages.Targets(targets, expires);
        Published = CandidateSet.OfUploads(
            TufFormat.Instance, null, [new UploadedFile(RoleName.Root, root.File), new UploadedFile(RoleName.Targets, Sign(Targets))], Signers, Rules, Now).Set;
    }

    /// <summary>The server's keys.</summary>
    public OnlineSigners Signers { get; }

    /// <summary>The published targets.</summary>
    public Targets Targets { get; }

    /// <summary>What is published.</summary>
    public PublishedSet Published { get; }

    /// <summary>Signs a version of targets as its owner does.</summary>
    public byte[] Sign(Targets targets) => MetadataSigner.Sign(TufFormat.Instance, targets, [targetsPublicKey], [targetsKey]).File.ToArray();

    private static PublicKey Describe(ISigningKey key) => TufFormat.Instance.DescribeKey(key.Scheme, key.Material);
}
