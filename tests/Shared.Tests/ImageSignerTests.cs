using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests;

public sealed class ImageSignerTests : IDisposable
{
    private static readonly RoleName Alice = RoleName.Parse("targets/alice");

    private static readonly TargetsChange Change = new()
    {
        Set = ImmutableSortedDictionary.Create<string, TargetFile>(StringComparer.Ordinal).Add("1.0", new TargetFile { Length = 7, Hashes = FileHashes.OfSha256("content"u8) }),
    };

    private readonly TestDirectory directory = new();
    private readonly NotaryRepository repository = new(FixedTime.Start);

    public ImageSignerTests()
    {
        repository.Init();
        repository.Delegate(RoleName.Targets, Alice, TestKeys.New(), "");
        repository.Publish(repository.File(RoleName.Targets));
    }

    public void Dispose() => directory.Dispose();

    // The server still has the file of her former key, which snapshot lists no longer.
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Publish_SignerIsBackWithANewKey_GoesBeyondTheVersionsThatTheServerRemembers(long taken)
    {
        var server = new RememberingServer(taken);

        var result = await SignAsync(server);

        Assert.True(result.IsPublished);
        Assert.InRange(result.Attempts, 2, 8);
        Assert.InRange(server.Published, taken + 1, taken + 1000);
    }

    [Fact]
    public async Task Publish_SameConflictAgainAndAgain_IsGivenUpSoon()
    {
        var server = new RememberingServer(long.MaxValue);

        var refusal = await Refusal.OfAsync(TrustError.PublishConflict, () => SignAsync(server));

        Assert.InRange(server.Attempts, 2, 10);
        Assert.Equal(0, server.Published);
        Assert.Contains("nothing newer is published", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<SigningResult> SignAsync(RememberingServer server)
    {
        var source = repository.Serve();
        using var trust = await RepositoryTrust.OpenAsync(repository.Name, RootPin.OfFile(NotaryFormat.Instance, repository.Roots[0]), [NotaryFormat.Instance], _ => source, directory.FullPath, FixedTime.Start, CancellationToken.None);
        var signer = new ImageSigner(trust, server, new FixedTime(), new TrustClientOptions());
        return await signer.PublishAsync(Change, new SigningTerms(TimeSpan.FromDays(30)), [new RoleSigners(Alice, [repository.Delegates[Alice]])], CancellationToken.None);
    }

    private sealed class RememberingServer(long taken) : ITrustServer
    {
        public int Attempts { get; private set; }

        public long Published { get; private set; }

        public string Address => "https://trust.example.com";

        public IMetadataSource Metadata(RepositoryName repository) => throw new NotSupportedException();

        public Task<PublishResult> PublishAsync(RepositoryName repository, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> files, CancellationToken cancellationToken)
        {
            Attempts++;
            var version = NotaryFormat.Instance.Read<Targets>(files[Alice], 100_000).Signed.Version;
            if (version <= taken)
                throw new TrustException(TrustError.PublishConflict, "A newer version is published.");
            Published = version;
            return Task.FromResult(new PublishResult(ImmutableDictionary<RoleName, long>.Empty));
        }

        public Task<OnlineKeySet> RequestOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<OnlineKeySet> ReadOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<OnlineKeySet> RotateOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
