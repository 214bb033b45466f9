using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Editing;

public sealed class DelegationChangeTests
{
    private static readonly RoleName Ci = RoleName.Parse("ci");
    private static readonly PublicKey Ann = TestKeys.New().Describe();
    private static readonly PublicKey Bob = TestKeys.New().Describe();
    private static readonly PublicKey OneTime = TestKeys.New().Describe();

    private static readonly Targets Empty = TargetsEditor.First(FixedTime.Start.AddDays(1));

    [Fact]
    public void ApplyTo_NewRole_HasItsKeysPathsAndNames()
    {
        var next = Grant(Empty, new DelegationGrant(Ci, [Ann, Bob]) { Threshold = 2, PathsOfNew = ["*"], OneTimeKeys = [OneTime] }, (Ann, "ann"));

        var role = Assert.Single(next.Delegations!.Roles);
        Assert.Equal((2, 3), (role.RoleKeys.Threshold, role.RoleKeys.KeyIds.Length));
        Assert.Equal(["*"], role.Paths!.Value.ToArray());
        Assert.Equal([OneTime.Id], role.OneTimeKeys.ToArray());
        Assert.Equal("ann", next.KeyNames[Ann.Id]);
        Assert.Equal(Empty.Version, next.Version);
    }

    // As after a lost race: somebody else has added a key meanwhile.
    [Fact]
    public void ApplyTo_NewerVersion_KeepsWhatOthersDid()
    {
        var mine = new DelegationChange { Grant = [new DelegationGrant(Ci, [Ann]) { PathsOfNew = ["*"] }] };
        var theirs = Grant(Empty, new DelegationGrant(Ci, [Bob]) { PathsOfNew = ["1.*"] });

        var both = mine.ApplyTo(theirs);

        Assert.Equal([Bob.Id, Ann.Id], both.Delegations!.Roles.Single().RoleKeys.KeyIds.ToArray());
        Assert.Equal(["1.*"], both.Delegations.Roles.Single().Paths!.Value.ToArray());
        Assert.True(mine.IsNoChangeTo(both));
        Assert.False(mine.IsNoChangeTo(theirs));
    }

    [Fact]
    public void ApplyTo_SameKeyUnderAnotherId_IsNotListedTwice()
    {
        var twice = Grant(Grant(Empty, new DelegationGrant(Ci, [Ann])), new DelegationGrant(Ci, [Ann with { Id = new KeyId("another") }]));

        Assert.Equal([Ann.Id], twice.Delegations!.Roles.Single().RoleKeys.KeyIds.ToArray());
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public void ApplyTo_FewerKeysThanTheThreshold_IsRefused(int threshold, bool isReachable)
    {
        // A key that was thrown away can sign nothing: it does not count.
        var before = Grant(Empty, new DelegationGrant(Ci, [Ann, Bob]) { Threshold = threshold, OneTimeKeys = [OneTime] });
        var withdraw = new DelegationChange { Withdraw = [new DelegationWithdrawal(Ci, [Bob.Fingerprint])] };

        if (isReachable)
            Assert.Equal([Ann.Id, OneTime.Id], withdraw.ApplyTo(before).Delegations!.Roles.Single().RoleKeys.KeyIds.ToArray());
        else
            Assert.Equal(TrustError.ThresholdUnreachable, Assert.Throws<TrustException>(() => withdraw.ApplyTo(before)).Error);
    }

    [Fact]
    public void ApplyTo_RoleRemoved_TakesItsKeysAndNamesWithIt()
    {
        var before = Grant(Empty, new DelegationGrant(Ci, [Ann]), (Ann, "ann"));

        var next = new DelegationChange { Remove = [Ci] }.ApplyTo(before);

        Assert.Empty(next.Delegations!.Roles);
        Assert.Empty(next.Delegations.Keys);
        Assert.Empty(next.KeyNames);
    }

    [Fact]
    public void Diff_OfAChange_MakesTheSameChangeAgain()
    {
        var before = Grant(Empty, new DelegationGrant(Ci, [Ann]) { PathsOfNew = ["*"], OneTimeKeys = [OneTime] }, (Ann, "ann"));
        var change = new TargetsChange
        {
            Set = ImmutableSortedDictionary<string, TargetFile>.Empty.Add("1.0", new TargetFile { Length = 3, Hashes = FileHashes.OfSha256("abc"u8) }),
            Delegations = new DelegationChange
            {
                Withdraw = [new DelegationWithdrawal(Ci, [OneTime.Fingerprint])],
                Grant = [new DelegationGrant(Ci, [Bob]) { Threshold = 2, Paths = ["1.*"] }, new DelegationGrant(RoleName.Parse("other"), [Bob]) { PathsOfNew = ["2.*"], Terminating = true }],
                Names = ImmutableDictionary<KeyId, string>.Empty.Add(Bob.Id, "bob"),
            },
        };
        var after = MetadataSigner.Unsigned(TufFormat.Instance, TargetsEditor.Next(before, change, before.Expires));

        var diff = TargetsDiff.Between(before, after.Signed);

        Assert.True(diff.TellsAllOf(TufFormat.Instance, after));
        Assert.False(TargetsDiff.Between(Empty, after.Signed).IsEmpty);
        Assert.True(TargetsDiff.Between(TargetsEditor.Next(before, diff.ToChange(), before.Expires), after.Signed).IsEmpty);
    }

    private static Targets Grant(Targets targets, DelegationGrant grant, params (PublicKey Key, string Name)[] names) =>
        new DelegationChange { Grant = [grant], Names = names.ToImmutableDictionary(name => name.Key.Id, name => name.Name) }.ApplyTo(targets);
}
