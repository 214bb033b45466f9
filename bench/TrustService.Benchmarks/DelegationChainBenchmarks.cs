using System.Globalization;
using BenchmarkDotNet.Attributes;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Samples;

namespace TrustService.Benchmarks;

/// <summary>Searching a target at the end of a chain of delegations, each role delegating everything to the next one, with nothing in the cache.</summary>
public class DelegationChainBenchmarks
{
    private readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
    private readonly ISigningKey key = SigningKeys.Generate(SigningKeys.DefaultScheme);

    /// <summary>Roles below targets. A search visits 32 at the most, so that the end of the longer chain is never reached.</summary>
    [Params(30, 10_000)]
    public int Depth { get; set; }

    /// <summary>Signs the roles.</summary>
    [GlobalSetup]
    public async Task Setup()
    {
        var format = TufFormat.Instance;
        var expires = SampleRepository.Now.AddYears(1);
        var described = format.DescribeKey(key.Scheme, key.Material);
        var root = NewRepository.Create(format, RepositoryName.Parse("registry.example.com/team/app"), key, SigningKeys.Generate(SigningKeys.DefaultScheme), [described], [described], SampleRepository.Now, expires, expires).Root;
        // The same key for all roles: only the depth is measured.
        var roles = new Dictionary<RoleName, RoleKeys>(root.Signed.Roles) { [RoleName.Targets] = new RoleKeys { KeyIds = [described.Id], Threshold = 1 } };
        root = MetadataSigner.Sign(format, root.Signed with { Roles = roles.AsReadOnly() }, root.Signed.Keys.Values, [key]);
        var meta = new Dictionary<RoleName, MetaFile>();
        for (var level = Depth; level >= 0; level--)
        {
            var role = SampleImages.Targets(level == Depth ? 1 : 0, expires) with
            {
                Delegations = level == Depth ? null : new Delegations
                {
                    Keys = new Dictionary<KeyId, PublicKey> { [described.Id] = described }.AsReadOnly(),
                    Roles = [new DelegatedRole { Name = NameOf(level + 1), RoleKeys = new RoleKeys { KeyIds = [described.Id], Threshold = 1 }, Paths = ["*"], Terminating = false }],
                },
            };
            var file = MetadataSigner.Sign(format, role, [described], [key]);
            meta.Add(NameOf(level), file.Describe());
            files.Add(format.Rules.FileName(NameOf(level), 1), file.File.ToArray());
        }
        var snapshot = MetadataSigner.Sign(format, SnapshotBuilder.Exactly(null, meta.AsReadOnly(), expires), [described], [key]);
        var timestamp = MetadataSigner.Sign(format, TimestampBuilder.Next(null, snapshot.Describe(), expires, SampleRepository.Now), [described], [key]);
        files.Add(format.Rules.FileName(RoleName.Root, null), root.File.ToArray());
        files.Add(format.Rules.FileName(RoleName.Snapshot, 1), snapshot.File.ToArray());
        files.Add(format.Rules.FileName(RoleName.Timestamp, null), timestamp.File.ToArray());
        if (await Search() != (Depth == 30))
            throw new InvalidOperationException("The search did not end as it should.");
    }

    /// <summary>Searches.</summary>
    /// <returns>False if the search was given up at the limit.</returns>
    [Benchmark]
    public async Task<bool> Search()
    {
        var cache = new MemoryCache();
        cache.Write("root.json", files["root.json"]);
        var client = new TrustClient(TufFormat.Instance, new MemorySource(files), cache, SampleRepository.Now, new TrustClientOptions());
        var top = await client.RefreshAsync(CancellationToken.None);
        try
        {
            return await client.FindAsync(top, SampleImages.Tag(0), CancellationToken.None) is not null;
        }
        catch (TrustException e) when (e.Error == TrustError.DelegationLimit)
        {
            return false;
        }
    }

    private static RoleName NameOf(int level) => level == 0 ? RoleName.Targets : RoleName.ParseDelegated(string.Create(CultureInfo.InvariantCulture, $"level-{level}"));
}
