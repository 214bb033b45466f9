using TrustService.Client;
using TrustService.Formats.Notary;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Publishing;

/// <summary>A repository of Notary format, and how its clients publish to it.</summary>
public abstract class NotaryPublishingFixture
{
    private protected static readonly RoleName Releases = NotaryFormat.Releases;
    private protected static readonly RoleName Alice = RoleName.Parse("targets/alice");
    private protected static readonly RoleName AliceSub = RoleName.Parse("targets/alice/sub");

    private protected NotaryRepository Repository { get; } = new(FixedTime.Start);

    private protected static VerificationLimits Limits => VerificationLimits.Default;

    private protected List<string> Listed() => [.. Repository.Published!.Snapshot.Metadata.Signed.Meta.Keys.Select(role => role.Value).Order(StringComparer.Ordinal)];

    // Adds a target to a delegated role that is new or known, as a signer does.
    private protected void Sign(RoleName role, string tag)
    {
        if (Repository.Published is null)
            Repository.Init();
        if (!Repository.Delegates.ContainsKey(role))
        {
            Repository.Delegate(RoleName.Targets, role, TestKeys.New(), "");
            Repository.Publish(Repository.File(RoleName.Targets));
        }
        Repository.Add(role, tag);
        Repository.Publish(Repository.File(role));
    }

    private protected void Publish(string? tag)
    {
        if (tag is not null)
            Repository.Add(RoleName.Targets, tag);
        var file = Repository.File(RoleName.Targets);
        Repository.Publish(file, Repository.SnapshotFile(Repository.Published!.Snapshot.Metadata.Signed.Version + 1, file));
    }

    private protected void RotateTo(RoleName role, PublicKey key)
    {
        Repository.Root = Repository.Root with { Version = Repository.Root.Version + 1 };
        Repository.SetRole(role, key);
    }

    private protected void NewRootKey()
    {
        Repository.RootKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
        Repository.Certificate = RootCertificate.Create(Repository.RootKey, Repository.Name, Repository.Now, Repository.Now.AddYears(10));
        RotateTo(RoleName.Root, Repository.Certificate);
    }

    private protected TrustClient Client(MemoryMetadata? cache = null)
    {
        if (cache is null)
        {
            cache = new MemoryMetadata();
            cache.Write("root.json", Repository.Roots[0]);
        }
        return new TrustClient(NotaryFormat.Instance, Repository.Serve(), cache, Repository.Now, new TrustClientOptions()) { Repository = Repository.Name };
    }

    private protected async Task<FoundTarget?> FindAsync(string tag)
    {
        var client = Client();
        return await client.FindAsync(await client.RefreshAsync(CancellationToken.None), tag, CancellationToken.None);
    }
}
