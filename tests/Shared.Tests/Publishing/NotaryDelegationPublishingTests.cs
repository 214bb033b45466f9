using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Publishing;

/// <summary>Delegated roles of Notary's and Docker's clients: added, signed, removed, witnessed.</summary>
public sealed class NotaryDelegationPublishingTests : NotaryPublishingFixture
{
    [Fact]
    public async Task Delegations_AreListed_AndReadByAClient()
    {
        Sign(Releases, "v1");
        Sign(Alice, "v1");

        Assert.Equal(["root", "targets", "targets/alice", "targets/releases"], Listed());
        Assert.Equal(Releases, (await FindAsync("v1"))!.Role.Role);
    }

    [Fact]
    public void Delegation_ThatNobodyNames_IsRefused()
    {
        Repository.Init();
        Repository.Delegates[Alice] = TestKeys.New();
        Repository.Add(Alice, "v1");

        Assert.Equal("targets/alice", Refusal.Of(TrustError.RoleNotListed, () => Repository.Publish(Repository.File(Alice))).Role);
    }

    [Fact]
    public void Delegation_SignedByAnotherKey_IsRefused()
    {
        Sign(Alice, "v1");
        Repository.Delegates[Alice] = TestKeys.New();
        Repository.Add(Alice, "v2");

        Assert.Equal("targets/alice", Refusal.Of(TrustError.ThresholdNotMet, () => Repository.Publish(Repository.File(Alice))).Role);
    }

    [Fact]
    public async Task RemovedDelegation_LeavesTheSnapshot_AndReturnsWhereItStopped()
    {
        Sign(Alice, "v1");
        Sign(Releases, "v1");
        Repository.Undelegate(RoleName.Targets, Alice);
        Repository.Publish(Repository.File(RoleName.Targets));
        Assert.Equal(["root", "targets", "targets/releases"], Listed());

        Repository.Delegate(RoleName.Targets, Alice, Repository.Delegates[Alice], "");
        Repository.Publish(Repository.File(RoleName.Targets));

        Assert.Equal(["root", "targets", "targets/alice", "targets/releases"], Listed());
        Repository.Add(Alice, "v2");
        Repository.Publish(Repository.File(Alice));
        Assert.NotNull(await FindAsync("v1"));
    }

    [Fact]
    public void RemovedDelegation_TakesItsOwnWithIt()
    {
        Sign(Alice, "v1");
        Repository.Delegate(Alice, AliceSub, TestKeys.New(), "");
        Repository.Publish(Repository.File(Alice));
        Repository.Add(AliceSub, "sub");
        Repository.Publish(Repository.File(AliceSub));
        Assert.Contains("targets/alice/sub", Listed());

        Repository.Undelegate(RoleName.Targets, Alice);
        Repository.Publish(Repository.File(RoleName.Targets));

        Assert.Equal(["root", "targets"], Listed());
    }

    [Fact]
    public async Task RemovedKey_LeavesAFileThatBlocksNobody_UntilItIsWitnessed()
    {
        Sign(Alice, "v1");
        var other = TestKeys.New();
        Repository.Delegate(RoleName.Targets, Alice, other, "");
        Repository.Publish(Repository.File(RoleName.Targets));
        Repository.Add(RoleName.Targets, "v2");
        Repository.Publish(Repository.File(RoleName.Targets));
        Assert.Contains("targets/alice", Listed());
        Assert.NotNull(await FindAsync("v2"));

        // The same content, one version on, by the new key.
        Repository.Change(Alice, targets => targets);
        Repository.Publish(Repository.File(Alice));

        var client = Client();
        var roles = await client.ReadAllRolesAsync(await client.RefreshAsync(CancellationToken.None), CancellationToken.None);
        Assert.Contains("v1", roles.Single(role => role.Role == Alice).Trusted!.Metadata.Signed.TargetFiles.Keys);
    }

    [Fact]
    public async Task Delegation_LeftWithoutAKey_IsTaken_AndNobodySpeaksForIt()
    {
        Sign(Alice, "v1");
        Repository.Change(RoleName.Targets, targets => targets with
        {
            Delegations = targets.Delegations! with { Roles = [targets.Delegations.Roles[0] with { RoleKeys = new RoleKeys { KeyIds = [], Threshold = 1 } }] },
        });
        Repository.Add(RoleName.Targets, "v2");

        Repository.Publish(Repository.File(RoleName.Targets));

        Assert.Null(await FindAsync("v1"));
        Assert.NotNull(await FindAsync("v2"));
        Repository.Add(Alice, "v3");
        Assert.Equal("targets/alice", Refusal.Of(TrustError.ThresholdNotMet, () => Repository.Publish(Repository.File(Alice))).Role);
    }
}
