using System.Text;
using TrustService.Ceremony;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Ceremony;

public sealed class RootProposalTests
{
    public static TheoryData<string> Formats() => ["tuf", "notary"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Complete_NewRepository_NeedsTheThresholdAndTheTargetsKey(string format)
    {
        var world = new CeremonyWorld(format);
        var two = world.Begin().Sign([world.Key("alice")]).Sign([world.Key("bob"), world.TargetsKey]);

        Refusal.Of(TrustError.ThresholdNotMet, () => two.Complete(CeremonyWorld.Now));
        var three = two.Sign([world.Key("erin")]);

        Assert.Equal(["alice", "bob", "erin"], three.Progress.Single().Signed.Select(holder => holder.Name));
        Assert.Equal([RoleName.Root, RoleName.Targets], three.Complete(CeremonyWorld.Now).Keys);
        Assert.False(world.Begin().Sign([world.Key("alice"), world.Key("bob"), world.Key("carol")]).IsComplete);
    }

    // Whoever holds the targets key signs them as well, and is shown that they are empty.
    [Theory]
    [MemberData(nameof(Formats))]
    public void Check_FirstTargetsWithMoreThanIsShown_AreRefused(string format)
    {
        var world = new CeremonyWorld(format);
        var honest = world.Begin();
        var text = Encoding.UTF8.GetString(world.Format.WriteSigned(honest.Targets!.Signed)).Replace("\"_type\"", "\"x-more\":1,\"_type\"", StringComparison.Ordinal);
        var targets = world.Format.Read<Targets>(world.Format.WriteFile(Encoding.UTF8.GetBytes(text), []), 100_000);
        var tampered = RootProposal.Of(world.Format, CeremonyWorld.Repository, null, honest.Proposed, targets);

        Refusal.Of(TrustError.InvalidProposal, () => tampered.Check(CeremonyWorld.Now));
        honest.Check(CeremonyWorld.Now);
        Assert.Equal($"targets 1: empty, expires: {CeremonyWorld.Now.AddYears(1):yyyy-MM-dd}", honest.Lines().Last());
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Complete_HoldersReplaced_NeedsOldAndNewThreshold(string format)
    {
        var world = new CeremonyWorld(format);
        var proposal = world.Propose(change => change.Replace(RoleName.Root, world.Public("erin").Id, world.Public("frank"), "frank").Remove(RoleName.Root, world.Public("dave").Id).WithThreshold(RoleName.Root, 4));

        var old = proposal.Sign([world.Key("alice"), world.Key("dave"), world.Key("erin")]);
        Assert.Equal([0, 3], old.Progress.Select(progress => progress.Lacking));
        Refusal.Of(TrustError.ThresholdNotMet, () => old.Complete(CeremonyWorld.Now));
        var both = old.Sign([world.Key("bob"), world.Key("carol"), world.Key("frank")]);

        Assert.True(both.IsComplete);
        Assert.Single(both.Complete(CeremonyWorld.Now));
        Assert.Equal(proposal.Change, both.Change);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Merge_CopiesSignedApart_HasBothSignaturesAndKeepsTheBytes(string format)
    {
        var world = new CeremonyWorld(format);
        var proposal = world.Begin();
        var (one, other) = (Handed(proposal.Sign([world.Key("alice"), world.Key("bob")])), Handed(proposal.Sign([world.Key("bob"), world.Key("dave"), world.TargetsKey])));

        var merged = one.Merge(other);

        Assert.Equal(["alice", "bob", "dave"], merged.Progress.Single().Signed.Select(holder => holder.Name));
        Assert.True(merged.IsComplete);
        Assert.Equal(proposal.Proposed.Payload.ToArray(), merged.Proposed.Payload.ToArray());
    }

    [Fact]
    public void Merge_OtherProposal_IsRefused()
    {
        var world = new CeremonyWorld("tuf");

        Refusal.Of(TrustError.PublishConflict, () => world.Begin().Merge(world.Begin(root => root with { Expires = root.Expires.AddDays(1) })));
    }

    [Fact]
    public void Sign_KeyThatIsNobodys_IsRefused()
    {
        var world = new CeremonyWorld("tuf");

        Refusal.Of(TrustError.KeyNotFound, () => world.Begin().Sign([world.Key("frank")]));
        Refusal.Of(TrustError.KeyNotFound, () => world.Propose(change => change).Sign([world.TargetsKey]));
    }

    [Fact]
    public void Sign_Again_AddsNothing()
    {
        var world = new CeremonyWorld("tuf");
        var once = world.Begin().Sign([world.Key("alice")]);

        Assert.Equal(once.Proposed.File.ToArray(), once.Sign([world.Key("alice")]).Proposed.File.ToArray());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kind":"root-proposal","version":2}""")]
    [InlineData("""{"kind":"root-proposal","version":1,"repository":"r.example.com/a","format":"tuf","proposed":"%%"}""")]
    [InlineData("""{"kind":"root-proposal","version":1,"repository":"r.example.com/a","format":"tuf","trust":"me"}""")]
    [InlineData("no JSON")]
    public void Read_FileThatIsNoProposal_IsRefused(string text) =>
        Refusal.Of(TrustError.InvalidProposal, () => ProposalFile.Read(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Read_CurrentRootThatItsOwnKeysDidNotSign_IsRefused()
    {
        var world = new CeremonyWorld("tuf");
        var forged = RootProposal.Create(world.Format, CeremonyWorld.Repository, world.Begin().Sign([world.Key("alice")]).Proposed, world.FirstRoot with { Version = 2 }, null, CeremonyWorld.Now);

        Refusal.Of(TrustError.ThresholdNotMet, () => Handed(forged));
    }

    private static RootProposal Handed(RootProposal proposal) => ProposalFile.Read(ProposalFile.Write(proposal));
}
