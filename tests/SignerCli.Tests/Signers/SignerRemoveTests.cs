using System.Text.Json;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Signers;

public sealed class SignerRemoveTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Remove_OneOfTwoSigners_OthersGoOn(string format)
    {
        using var team = await server.NewTeamAsync(format);
        var (ann, bob) = (await team.NewSignerAsync("ann"), await team.NewSignerAsync("bob"));
        Assert.Equal(0, (await team.SignAsync(ann, "1.0")).ExitCode);
        Assert.Equal(0, (await team.SignAsync(bob, "1.1")).ExitCode);

        var removed = await team.Owner.SucceedsAsync("signer", "remove", "ann", "-y", "-o", "json", team.Repository);
        var after = await team.SignAsync(ann, "1.2");
        var list = await team.Owner.SucceedsAsync("signer", "list", "-o", "json", team.Repository);

        Assert.Equal("changed", removed.Json[0].GetProperty("outcome").GetString());
        Assert.Equal("key-not-found", after.ErrorCode);
        Assert.Contains("it was removed", after.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("ann", list.Json[0].GetProperty("signers").EnumerateArray().Select(signer => signer.GetProperty("name").GetString()));
        Assert.Equal(0, (await team.VerifyAsync("1.1")).ExitCode);
        Assert.Equal(0, (await team.SignAsync(bob, "1.3")).ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("1.3")).ExitCode);
    }

    [Fact]
    public async Task Remove_InTuf_SaysWhatIsSignedNoLonger()
    {
        using var team = await server.NewTeamAsync("tuf");
        var ann = await team.NewSignerAsync("ann");
        await team.SignAsync(ann, "1.0");

        var unconfirmed = await team.Owner.RunAsync("signer", "remove", "ann", "-o", "json", team.Repository);
        var still = await team.VerifyAsync("1.0");
        await team.Owner.SucceedsAsync("signer", "remove", "ann", "-y", team.Repository);

        Assert.Equal("usage", unconfirmed.ErrorCode);
        Assert.Contains("Signed by ann alone, and no longer signed after this: 1.0", unconfirmed.Messages, StringComparison.Ordinal);
        Assert.Equal(0, still.ExitCode);
        Assert.Equal("not-signed", (await team.VerifyAsync("1.0")).ErrorCode);
    }

    // Whoever is back with another key goes on under the same name, though clients remember the versions of the first one.
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Add_AgainWithAnotherKey_GoesOnUnderTheSameName(string format)
    {
        using var team = await server.NewTeamAsync(format);
        var first = await team.NewSignerAsync("ci");
        await team.SignAsync(first, "1.0");
        await team.SignAsync(first, "1.1");
        await team.Owner.SucceedsAsync("signer", "remove", "ci", "-y", team.Repository);

        var second = await team.NewMemberAsync("new");
        await team.AddAsync("ci", ["new"]);

        Assert.Equal(0, (await team.SignAsync(second, "1.2")).ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("1.2")).ExitCode);
        Assert.Equal("not-signed", (await team.VerifyAsync("1.0")).ErrorCode);
        Assert.Equal("key-not-found", (await team.SignAsync(first, "1.3")).ErrorCode);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Remove_KeyThatTheThresholdNeeds_IsRefusedWithWhatCanBeDone(string format)
    {
        using var team = await server.NewTeamAsync(format);
        await team.NewMemberAsync("ann");
        await team.NewMemberAsync("bob");
        await team.AddAsync("release", ["ann", "bob"], "--threshold", "2");
        // A Notary repository has no place for the names of holders.
        var ann = format == "tuf" ? "ann" : team.PublicKey("ann");

        var refused = await team.Owner.RunAsync("signer", "remove", "release", "--key", ann, "-y", "-o", "json", team.Repository);
        var unknown = await team.Owner.RunAsync("signer", "remove", "release", "--key", "eve", "-y", "-o", "json", team.Repository);
        var lowered = await team.Owner.SucceedsAsync("signer", "remove", "release", "--key", ann, "--threshold", "1", "-y", "-o", "json", team.Repository);

        Assert.Equal("threshold-unreachable", refused.ErrorCode);
        Assert.Contains("--threshold 1", refused.Messages, StringComparison.Ordinal);
        Assert.Contains("remove the signer as a whole", refused.Messages, StringComparison.Ordinal);
        Assert.Equal("key-not-found", unknown.ErrorCode);
        Assert.Equal("changed", lowered.Json[0].GetProperty("outcome").GetString());
    }

    // A key was stolen: it goes at once, and what was signed with it stays signed on the owner's word until the other key signs.
    [Fact]
    public async Task Remove_InTuf_KeyThatSignedWhatIsCurrent_LeavesItSignedOnTheOwnersWord()
    {
        using var team = await server.NewTeamAsync("tuf");
        var (old, next) = (await team.NewMemberAsync("old"), await team.NewMemberAsync("next"));
        await team.AddAsync("ci", ["old", "next"]);
        await team.SignAsync(old, "1.0");

        var removed = await team.Owner.SucceedsAsync("signer", "remove", "ci", "--key", "old", "-y", team.Repository);
        var kept = await team.VerifyAsync("1.0");
        var thief = await team.SignAsync(old, "6.6.6");
        var signed = await team.SignAsync(next, "1.1");
        await team.NewSignerAsync("other");
        var keys = (await team.Owner.SucceedsAsync("signer", "list", "-o", "json", team.Repository)).Json[0].GetProperty("signers")[0].GetProperty("keys");

        Assert.Contains("on your word: 1.0", removed.Messages, StringComparison.Ordinal);
        Assert.Equal(0, kept.ExitCode);
        Assert.Equal("key-not-found", thief.ErrorCode);
        Assert.Equal(0, signed.ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("1.0")).ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("1.1")).ExitCode);
        // The owner's one-time key went when the signer's own had signed.
        Assert.Equal("next", Assert.Single(keys.EnumerateArray()).GetProperty("name").GetString());
    }

    // In Notary repositories nobody can vouch for a role but its keys. What that means is said before.
    [Fact]
    public async Task Remove_InNotary_WhoSignedTheReleases_SaysWhatCountsAsUnsignedUntilOthersSign()
    {
        using var team = await server.NewTeamAsync("notary");
        var (ann, bob) = (await team.NewSignerAsync("ann"), await team.NewSignerAsync("bob"));
        await team.SignAsync(ann, "1.0");

        var unconfirmed = await team.Owner.RunAsync("signer", "remove", "ann", "-o", "json", team.Repository);
        await team.Owner.SucceedsAsync("signer", "remove", "ann", "-y", team.Repository);
        var between = await team.VerifyAsync("1.0");
        var signed = await team.SignAsync(bob, "1.1");

        Assert.Equal("usage", unconfirmed.ErrorCode);
        Assert.Contains("these count as unsigned: 1.0", unconfirmed.Messages, StringComparison.Ordinal);
        Assert.Equal("not-signed", between.ErrorCode);
        Assert.Equal(0, signed.ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("1.1")).ExitCode);
    }

    [Fact]
    public async Task Remove_InNotary_LastSigner_TakesTheSharedRoleWithIt()
    {
        using var team = await server.NewTeamAsync("notary");
        await team.NewSignerAsync("ann");

        await team.Owner.SucceedsAsync("signer", "remove", "ann", "-y", team.Repository);

        Assert.Contains("No signers", (await team.Owner.SucceedsAsync("signer", "list", team.Repository)).Results, StringComparison.Ordinal);
        Assert.Equal(0, (await team.SignAsync(team.Owner, "1.0")).ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("1.0")).ExitCode);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Remove_NobodyOfThatName_IsRefused(string format)
    {
        using var team = await server.NewTeamAsync(format);
        await team.NewSignerAsync("ann");

        var run = await team.Owner.RunAsync("signer", "remove", "eve", "-y", "-o", "json", team.Repository);

        Assert.Equal((2, "usage"), (run.ExitCode, run.ErrorCode));
        Assert.Contains("Signers are: ann", run.Messages, StringComparison.Ordinal);
    }
}
