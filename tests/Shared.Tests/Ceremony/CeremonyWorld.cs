using System.Collections.Immutable;
using TrustService.Ceremony;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Ceremony;

/// <summary>Five key holders of one repository, of whom three have to sign, in either format.</summary>
internal sealed class CeremonyWorld
{
    public static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");
    public static readonly DateTimeOffset Now = FixedTime.Start;

    private static readonly string[] Names = ["alice", "bob", "carol", "dave", "erin", "frank"];
    private readonly ISigningKey[] keys = TestKeys.New(6);
    private readonly ISigningKey online = TestKeys.New();

    public CeremonyWorld(string format)
    {
        Format = MetadataFormats.Find(format);
        RootKeys = [.. keys.Select(key => Format.DescribeRootKey(key, Repository, Now, Now.AddYears(10)))];
        Online = Format.DescribeKey(online.Scheme, online.Material);
        var change = keys.Take(5).Select((_, i) => i).Aggregate(new RootChange(Now.AddYears(5)), (made, i) => made.Name(RootKeys[i].Id, Names[i]));
        FirstRoot = RootEditor.First(
            new Dictionary<RoleName, RoleAssignment>
            {
                [RoleName.Root] = new([.. RootKeys.Take(5)], 3),
                [RoleName.Targets] = new([Format.DescribeKey(TargetsKey.Scheme, TargetsKey.Material)]),
                [RoleName.Snapshot] = new([Online]),
                [RoleName.Timestamp] = new([Online]),
            },
            Now.AddYears(5)) with { ConsistentSnapshot = Format.Rules.ParentsNameVersions, Repository = Format.Rules.ParentsNameVersions ? Repository.Value : null, KeyNames = change.Names };
    }

    public IMetadataFormat Format { get; }

    public ISigningKey TargetsKey { get; } = TestKeys.New();

    /// <summary>Public root keys: alice, bob, carol, dave, erin hold the first root; frank waits.</summary>
    public ImmutableArray<PublicKey> RootKeys { get; }

    public PublicKey Online { get; }

    public Root FirstRoot { get; }

    public ISigningKey Key(string name) => keys[Array.IndexOf(Names, name)];

    public PublicKey Public(string name) => RootKeys[Array.IndexOf(Names, name)];

    /// <summary>A proposal of root 1, which nobody has signed.</summary>
    public RootProposal Begin(Func<Root, Root>? change = null) => RootProposal.Create(
        Format, Repository, null, change?.Invoke(FirstRoot) ?? FirstRoot, TargetsEditor.First(Now.AddYears(1)) with { Repository = FirstRoot.Repository, Delegations = Format.Rules.ParentsNameVersions ? null : new Delegations { Keys = new Dictionary<KeyId, PublicKey>(), Roles = [] } }, Now);

    /// <summary>Root 1, signed by three.</summary>
    public SignedMetadata<Root> Published() => Begin().Sign([Key("alice"), Key("bob"), Key("carol")]).Proposed;

    /// <summary>A proposal on top of root 1.</summary>
    public RootProposal Propose(Func<RootChange, RootChange> change, Func<Root, Root>? tamper = null)
    {
        var current = Published();
        var next = RootEditor.Next(current.Signed, change(new RootChange(Now.AddYears(6))));
        return RootProposal.Create(Format, Repository, current, tamper?.Invoke(next) ?? next, null, Now);
    }
}
