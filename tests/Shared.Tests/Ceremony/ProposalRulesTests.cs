using TrustService.Ceremony;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Ceremony;

/// <summary>Roots that would lock clients or their holders out are refused before anybody signs them.</summary>
public sealed class ProposalRulesTests
{
    private readonly CeremonyWorld world = new("tuf");

    [Fact]
    public void Propose_ThresholdAboveTheHolders_IsRefused() =>
        Refusal.Of(TrustError.MalformedMetadata, () => world.Propose(change => change.WithThreshold(RoleName.Root, 6)));

    [Fact]
    public void Propose_HoldersBelowTheThreshold_IsRefused() =>
        Refusal.Of(TrustError.MalformedMetadata, () => world.Propose(change => change.Remove(RoleName.Root, world.Public("alice").Id).Remove(RoleName.Root, world.Public("bob").Id).Remove(RoleName.Root, world.Public("carol").Id)));

    [Fact]
    public void Propose_HolderWithoutAPublicKey_IsRefused() =>
        Refusal.Of(TrustError.IncompleteRoot, () => world.Propose(change => change, root => root with { Keys = root.Keys.Where(key => key.Key != world.Public("erin").Id).ToDictionary() }));

    [Theory]
    [InlineData(0, TrustError.Expired)]
    [InlineData(6, TrustError.ExpiryTooNear)]
    [InlineData(3661, TrustError.ExpiryTooFar)]
    [InlineData(30 * 365, TrustError.ExpiryTooFar)]
    public void Propose_ExpiryThatHelpsNobody_IsRefused(int days, TrustError error) =>
        Refusal.Of(error, () => world.Propose(change => change with { Expires = CeremonyWorld.Now.AddDays(days) }));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Propose_VersionGap_IsRefused(long version) =>
        Refusal.Of(TrustError.VersionMismatch, () => world.Propose(change => change, root => root with { Version = version }));

    [Fact]
    public void Propose_OneKeyUnderTwoIds_IsRefused()
    {
        var twin = world.Public("alice") with { Id = new KeyId("twin") };

        // The format of Notary refuses another id already; a foreign TUF root may have one.
        var refusal = Refusal.Of(TrustError.UnacceptableKey, () => world.Propose(change => change, root => root with
        {
            Keys = new Dictionary<KeyId, PublicKey>(root.Keys) { [twin.Id] = twin },
            Roles = new Dictionary<RoleName, RoleKeys>(root.Roles) { [RoleName.Root] = root.Roles[RoleName.Root] with { KeyIds = root.Roles[RoleName.Root].KeyIds.Add(twin.Id) } },
        }));
        Assert.Equal("root", refusal.Role);
    }

    [Fact]
    public void Propose_OneCertifiedKeyTwice_IsRefused()
    {
        var notary = new CeremonyWorld("notary");
        var again = notary.Format.DescribeRootKey(notary.Key("alice"), CeremonyWorld.Repository, CeremonyWorld.Now, CeremonyWorld.Now.AddYears(10));

        Refusal.Of(TrustError.UnacceptableKey, () => notary.Propose(change => change, root => root with
        {
            Keys = new Dictionary<KeyId, PublicKey>(root.Keys) { [again.Id] = again },
            Roles = new Dictionary<RoleName, RoleKeys>(root.Roles) { [RoleName.Root] = root.Roles[RoleName.Root] with { KeyIds = root.Roles[RoleName.Root].KeyIds.Add(again.Id) } },
        }));
    }

    [Fact]
    public void Propose_NotaryHolderWithoutACertificate_IsRefused()
    {
        var notary = new CeremonyWorld("notary");
        var bare = notary.Format.DescribeKey(SigningKeys.DefaultScheme, notary.Key("frank").Material);

        Refusal.Of(TrustError.UnacceptableKey, () => notary.Propose(change => change.Add(RoleName.Root, bare, "frank")));
    }

    [Fact]
    public void Propose_AnotherRepository_IsRefused() =>
        Refusal.Of(TrustError.WrongRepository, () => world.Propose(change => change, root => root with { Repository = "registry.example.com/other" }));

    [Fact]
    public void Propose_TwoSignaturesOfARoleThatTheServerSigns_IsRefused() =>
        Refusal.Of(TrustError.IncompleteRoot, () => world.Propose(change => change.Add(RoleName.Timestamp, world.Public("frank"), null).WithThreshold(RoleName.Timestamp, 2)));

    [Fact]
    public void Reachable_MoreKeysLostThanSpare_IsRefused()
    {
        ProposalRules.RequireReachable(world.FirstRoot, [world.Public("alice").Id, world.Public("bob").Id]);
        Refusal.Of(TrustError.IncompleteRoot, () => ProposalRules.RequireReachable(world.FirstRoot, [world.Public("alice").Id, world.Public("bob").Id, world.Public("carol").Id]));
    }

    [Fact]
    public void Held_KeyThatTheServerDoesNotHave_IsRefused()
    {
        ProposalRules.RequireHeld(world.FirstRoot, RoleName.Timestamp, [world.Online]);
        Refusal.Of(TrustError.IncompleteRoot, () => ProposalRules.RequireHeld(world.FirstRoot, RoleName.Timestamp, [world.Public("frank")]));
    }
}
