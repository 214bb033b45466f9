using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Editing;

public sealed class RootChangeTests
{
    private static readonly DateTimeOffset Expires = FixedTime.Start.AddDays(30);
    private static readonly PublicKey Alice = TestKeys.New().Describe();
    private static readonly PublicKey Bob = TestKeys.New().Describe();
    private static readonly PublicKey Carol = TestKeys.New().Describe();

    private static Root Root => RootEditor.Next(
        new RepositorySimulator(FixedTime.Start).Root,
        new RootChange(Expires).Assign(RoleName.Root, new RoleAssignment([Alice, Bob], 2)).Name(Alice.Id, "alice").Name(Bob.Id, "bob"));

    [Fact]
    public void Next_HolderReplaced_KeepsThresholdAndOrderAndForgetsTheFormerName()
    {
        var next = RootEditor.Next(Root, new RootChange(Expires.AddDays(1)).Replace(RoleName.Root, Alice.Id, Carol, "carol"));

        Assert.Equal((Root.Version + 1, Expires.AddDays(1)), (next.Version, next.Expires));
        Assert.Equal([Bob.Id, Carol.Id], next.Roles[RoleName.Root].KeyIds.ToArray());
        Assert.Equal(2, next.Roles[RoleName.Root].Threshold);
        Assert.DoesNotContain(Alice.Id, next.Keys.Keys);
        Assert.Equal([(Bob.Id, "bob"), (Carol.Id, "carol")], next.KeyNames.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Value));
    }

    [Fact]
    public void Next_ThresholdAlone_LeavesTheKeys()
    {
        var next = RootEditor.Next(Root, new RootChange(Expires).WithThreshold(RoleName.Root, 1));

        Assert.Equal(Root.Roles[RoleName.Root].KeyIds.ToArray(), next.Roles[RoleName.Root].KeyIds.ToArray());
        Assert.Equal(1, next.Roles[RoleName.Root].Threshold);
    }

    [Fact]
    public void Next_KeyOfAnotherRoleRemovedHere_StaysThere()
    {
        var both = RootEditor.Next(Root, new RootChange(Expires).Assign(RoleName.Targets, new RoleAssignment([Alice])));

        var next = RootEditor.Next(both, new RootChange(Expires).Remove(RoleName.Root, Alice.Id));

        Assert.Equal([Alice.Id], next.Roles[RoleName.Targets].KeyIds.ToArray());
        Assert.Equal("alice", next.KeyNames[Alice.Id]);
    }

    [Fact]
    public void Next_KeyThatIsThereUnderAnotherId_IsRefused()
    {
        var twin = Alice with { Id = new KeyId("other") };

        Refusal.Of(TrustError.AlreadyExists, () => RootEditor.Next(Root, new RootChange(Expires).Add(RoleName.Root, twin, "mallory")));
    }

    [Fact]
    public void Next_KeyToRemoveThatIsNotThere_IsRefused() =>
        Refusal.Of(TrustError.KeyNotFound, () => RootEditor.Next(Root, new RootChange(Expires).Remove(RoleName.Root, Carol.Id)));

    [Theory]
    [InlineData("")]
    [InlineData(" alice")]
    [InlineData("al\u202Eice")]
    [InlineData("al\nice")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void Add_TextThatIsNoName_IsRefused(string name) =>
        Refusal.Of(TrustError.Usage, () => new RootChange(Expires).Add(RoleName.Root, Carol, name));
}
