using System.Text.Json;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Signers;

/// <summary>A change that not everybody has signed yet: as a file, on the server, and what it is not.</summary>
public sealed class PartialTests(TeamServer server) : IClassFixture<TeamServer>
{
    // Two keys signed the empty first version and were thrown away: nobody can be asked for their signatures.
    [Fact]
    public async Task Partial_RoleWithOneTimeKeys_MissesPeopleOnly()
    {
        using var team = await server.NewTeamAsync("tuf");
        var (ann, bob) = await team.NewReleaseTeamAsync();

        var alone = await team.SignAsync(ann, "1.0");
        await team.SignAsync(ann, "1.0", "--partial");
        var shown = await bob.SucceedsAsync("pending", "list", team.Repository);
        var json = (await bob.SucceedsAsync("pending", "list", team.Repository, "-o", "json")).Json;
        var again = await ann.RunAsync("cosign", team.Repository, "-y");

        Assert.Matches(@"2 of the keys ann \([0-9a-f…]+\), bob \([0-9a-f…]+\) \(and 2 one-time\)", alone.Messages);
        Assert.Matches(@"1 of 2; missing 1 of bob \([0-9a-f…]+\)\s*$", shown.Results);
        Assert.Equal(1, json[0].GetProperty("missing").GetArrayLength());
        Assert.DoesNotContain("one-time", shown.Results + again.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partial_FileThatIsThere_IsNotOverwritten()
    {
        using var team = await server.NewTeamAsync("tuf");
        var (ann, bob) = await team.NewReleaseTeamAsync();
        var file = Path.Combine(team.Owner.Root, "change.json");
        await team.SignAsync(ann, "1.0", "--partial", "--out", file);
        var before = await File.ReadAllBytesAsync(file);

        var run = await team.SignAsync(bob, "1.1", "--partial", "--out", file);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("exists already", run.Messages, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task Partial_KeysThatAreHereAreEnough_SaysThatNoFileWasWritten()
    {
        using var team = await server.NewTeamAsync("tuf");
        var ann = await team.NewSignerAsync("ann");
        var file = Path.Combine(team.Owner.Root, "change.json");

        var run = await team.SignAsync(ann, "1.0", "--partial", "--out", file);

        Assert.Equal("signed", run.Json[0].GetProperty("outcome").GetString());
        Assert.Contains($"{file} was not written", run.Messages, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task PendingList_NothingWaits_IsAnEmptyList()
    {
        using var team = await server.NewTeamAsync("tuf");

        var text = await team.Owner.SucceedsAsync("pending", "list", team.Repository);
        var json = await team.Owner.SucceedsAsync("pending", "list", team.Repository, "-o", "json");

        Assert.Contains("waits for signatures", text.Messages, StringComparison.Ordinal);
        Assert.Equal(0, json.Json.GetArrayLength());
    }

    [Fact]
    public async Task Partial_AnotherChangeWaits_IsRefusedUntilThatIsWithdrawn()
    {
        using var team = await server.NewTeamAsync("tuf");
        var (ann, bob) = await team.NewReleaseTeamAsync();
        await team.SignAsync(ann, "1.0", "--partial");

        var second = await team.SignAsync(bob, "1.1", "--partial");
        var dropped = await ann.SucceedsAsync("pending", "drop", team.Repository, "-y", "-o", "json");
        var third = await team.SignAsync(bob, "1.1", "--partial");

        Assert.Equal("publish-conflict", second.ErrorCode);
        Assert.Contains("pending drop", second.Messages, StringComparison.Ordinal);
        Assert.Equal("release", dropped.Json.GetProperty("dropped")[0].GetString());
        Assert.Equal("pending", third.Json[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Partial_OwnersOfTargetsNameASigner_TogetherInAFile()
    {
        using var team = await server.NewTeamAsync("tuf");
        var ann = await team.NewMemberAsync("ann");
        var other = await team.NewOtherOwnerAsync();
        var file = Path.Combine(team.Owner.Root, "signers.json");

        var alone = await team.Owner.RunAsync("signer", "add", "ann", "--key", team.PublicKey("ann"), "-y", "-o", "json", team.Repository);
        var parked = await team.Owner.RunAsync("signer", "add", "ann", "--key", team.PublicKey("ann"), "-y", "--partial", "-o", "json", team.Repository);
        await team.Owner.SucceedsAsync("signer", "add", "ann", "--key", team.PublicKey("ann"), "-y", "--partial", "--out", file, team.Repository);
        var shown = await other.SucceedsAsync("pending", "list", file);
        var run = await other.SucceedsAsync("cosign", file, "-y", "-o", "json");

        Assert.Equal("key-not-found", alone.ErrorCode);
        Assert.Equal("usage", parked.ErrorCode);
        Assert.Contains("+ signer ann", shown.Results, StringComparison.Ordinal);
        Assert.Equal("published", run.Json.GetProperty("outcome").GetString());
        Assert.Equal(0, (await team.SignAsync(ann, "1.0")).ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("1.0")).ExitCode);
    }
}
