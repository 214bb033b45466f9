using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>A repository on a server whose owner's keys are in this process, for tests that publish faster than people do.</summary>
public sealed class OwnedRepository : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private readonly IExportableKey rootKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
    private readonly IExportableKey targetsKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
    private readonly TestDirectory caches = new();

    private OwnedRepository(RepositoryName name) => Name = name;

    /// <summary>The repository's name.</summary>
    public RepositoryName Name { get; }

    /// <summary>Root 1, as a verifier pins it.</summary>
    public RootPin Root { get; private set; } = null!;

    private static IMetadataFormat Format => TufFormat.Instance;

    private static TrustClientOptions Options { get; } = new();

    /// <summary>Makes keys, and publishes root 1 and targets 1.</summary>
    public static async Task<OwnedRepository> CreateAsync(ServerProcess server, string path)
    {
        var repository = new OwnedRepository(RepositoryName.Parse($"registry.example.com/{path}"));
        var snapshot = await server.Client.RequestOnlineKeysAsync(Format, repository.Name, RoleName.Snapshot, CancellationToken.None);
        var timestamp = await server.Client.RequestOnlineKeysAsync(Format, repository.Name, RoleName.Timestamp, CancellationToken.None);
        var expires = DateTimeOffset.UtcNow + Lifetime;
        var files = NewRepository.Create(Format, repository.Name, repository.rootKey, repository.targetsKey, snapshot.All, timestamp.All, DateTimeOffset.UtcNow, expires, expires);
        repository.Root = RootPin.OfFile(Format, files.Root.File);
        await server.Client.PublishAsync(
            repository.Name, new Dictionary<RoleName, ReadOnlyMemory<byte>> { [RoleName.Root] = files.Root.File, [RoleName.Targets] = files.Targets.File }, CancellationToken.None);
        return repository;
    }

    /// <summary>The image that these tests sign under a tag.</summary>
    public static TargetFile Image(string tag) =>
        ImageTarget.Of(new Descriptor(MediaTypes.OciManifest, Digest.OfSha256(Encoding.UTF8.GetBytes(tag)), 500 + tag.Length), null);

    /// <summary>Signs the image of a tag as one publisher, who keeps a cache of his own from run to run.</summary>
    /// <exception cref="Errors.TrustException">A coded refusal.</exception>
    public async Task<SigningResult> SignAsync(ServerProcess server, string publisher, string tag)
    {
        var client = server.Client;
        using var trust = await RepositoryTrust.OpenAsync(Name, Root, [Format], _ => client.Metadata(Name), caches[publisher], DateTimeOffset.UtcNow, CancellationToken.None);
        var change = new TargetsChange { Set = ImmutableSortedDictionary<string, TargetFile>.Empty.Add(tag, Image(tag)) };
        return await new ImageSigner(trust, client, TimeProvider.System, Options).PublishAsync(change, new SigningTerms(Lifetime), [new RoleSigners(RoleName.Targets, [targetsKey])], CancellationToken.None);
    }

    /// <summary>The current targets, as one sees them who never asked before.</summary>
    /// <exception cref="Errors.TrustException">A coded refusal.</exception>
    public async Task<TrustedTargets> VerifyAsync(ServerProcess server)
    {
        using var trust = await RepositoryTrust.OpenAsync(Name, Root, [Format], _ => server.Client.Metadata(Name), caches[Convert.ToHexString(RandomNumberGenerator.GetBytes(8))], DateTimeOffset.UtcNow, CancellationToken.None);
        return await trust.StartRun(DateTimeOffset.UtcNow, Options).RefreshAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rootKey.Dispose();
        targetsKey.Dispose();
        caches.Dispose();
    }
}
