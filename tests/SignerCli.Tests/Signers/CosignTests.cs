using System.Text.Json;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Signers;

public sealed class CosignTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf", "release")]
    [InlineData("notary", "targets/release")]
    public async Task Cosign_SecondOfTwo_PublishesWhatTheFirstSigned(string format, string role)
    {
        using var team = await server.NewTeamAsync(format);
        var (ann, bob) = await team.NewReleaseTeamAsync();

        var alone = await team.SignAsync(ann, "1.0");
        var first = await team.SignAsync(ann, "1.0", "--partial");
        var before = await team.VerifyAsync("1.0");
        var inspected = await team.Owner.SucceedsAsync("inspect", team.Repository, "-o", "json");
        var again = await ann.RunAsync("cosign", team.Repository, "-y", "-o", "json");
        var second = await bob.SucceedsAsync("cosign", team.Repository, "-y", "-o", "json");
        var after = await team.VerifyAsync("1.0");

        Assert.Equal("key-not-found", alone.ErrorCode);
        Assert.Contains("--partial", alone.Messages, StringComparison.Ordinal);
        Assert.Equal((0, "pending"), (first.ExitCode, first.Json[0].GetProperty("outcome").GetString()));
        Assert.Equal("not-signed", before.ErrorCode);
        var pending = inspected.Json.GetProperty("pending").EnumerateArray().Single(change => change.GetProperty("role").GetString() == role);
        Assert.Equal((1, 2), (pending.GetProperty("signedBy").GetArrayLength(), pending.GetProperty("threshold").GetInt32()));
        Assert.Contains("+ 1.0", pending.GetProperty("changes")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("key-not-found", again.ErrorCode);
        Assert.Equal("published", second.Json.GetProperty("outcome").GetString());
        Assert.Equal(0, after.ExitCode);
        Assert.Equal(2, after.Json[0].GetProperty("signedBy")[0].GetProperty("keyids").GetArrayLength());
        Assert.Equal(0, (await team.Owner.SucceedsAsync("inspect", team.Repository, "-o", "json")).Json.GetProperty("pending").GetArrayLength());
        Assert.Equal("nothing-pending", (await bob.RunAsync("cosign", team.Repository, "-y", "-o", "json")).ErrorCode);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Cosign_FileThatIsHandedOn_IsSignedAndPublished(string format)
    {
        using var team = await server.NewTeamAsync(format);
        var (ann, bob) = await team.NewReleaseTeamAsync();
        var file = Path.Combine(team.Owner.Root, "change.json");

        Assert.Equal(0, (await team.SignAsync(ann, "1.0", "--partial", "--out", file)).ExitCode);
        var shown = await team.Owner.SucceedsAsync("pending", "list", file);
        var run = await bob.SucceedsAsync("cosign", file, "-y", "-o", "json");
        var again = await bob.RunAsync("cosign", file, "-y", "-o", "json");

        Assert.Contains("+ 1.0", shown.Results, StringComparison.Ordinal);
        Assert.Contains(format == "tuf" ? "signed by ann" : "signed by release", shown.Results, StringComparison.Ordinal);
        Assert.Equal("published", run.Json.GetProperty("outcome").GetString());
        Assert.Equal(0, (await team.VerifyAsync("1.0")).ExitCode);
        Assert.Equal("nothing-pending", again.ErrorCode);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Cosign_CustomData_IsShownBeforeAndAfterItChanges(string format)
    {
        using var team = await server.NewTeamAsync(format);
        var (ann, bob) = await team.NewReleaseTeamAsync();
        await team.SignAsync(ann, "1.0", "--partial", "-a", "approved-by=bob", "-a", "prod=yes");

        var listed = await bob.SucceedsAsync("pending", "list", team.Repository);
        var first = await bob.SucceedsAsync("cosign", team.Repository, "-y", "-o", "json");
        await team.SignAsync(ann, "1.0", "--partial", "-a", "prod=no");
        var second = await bob.SucceedsAsync("cosign", team.Repository, "-y");
        var inspected = await bob.SucceedsAsync("inspect", team.Repository);

        Assert.Matches("""(?m)^1\.0  custom \{.*"prod":"no".*\}$""", inspected.Results);
        foreach (var text in (string[])[listed.Results, first.Messages, first.Json.GetProperty("published")[0].GetProperty("changes")[0].GetString()!])
        {
            Assert.Contains("\"approved-by\":\"bob\"", text, StringComparison.Ordinal);
            Assert.Contains("\"prod\":\"yes\"", text, StringComparison.Ordinal);
            Assert.Contains("  length ", text, StringComparison.Ordinal);
        }
        Assert.Matches("""\+ 1\.0  sha256:.* custom \{.*"prod":"no".*  \(was custom \{.*"prod":"yes".*\}\)""", second.Messages);
    }

    [Theory]
    [InlineData("nofile")]
    [InlineData("change.json")]
    [InlineData("dir/change.json")]
    public async Task Cosign_FileThatIsNotThere_IsNotTakenForAnImageOfDockerHub(string argument)
    {
        using var team = await server.NewTeamAsync("tuf");

        var run = await team.Owner.RunAsync("cosign", argument, "-y", "-o", "json");

        Assert.Equal("usage", run.ErrorCode);
        Assert.Contains($"There is no file {argument}", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cosign_SomethingElseIsCurrentByNow_IsToldAndMadeAgain()
    {
        using var team = await server.NewTeamAsync("tuf");
        var (ann, bob) = await team.NewReleaseTeamAsync();
        var (early, late) = (Path.Combine(team.Owner.Root, "early.json"), Path.Combine(team.Owner.Root, "late.json"));
        await team.SignAsync(ann, "1.0", "--partial", "--out", early);
        await team.SignAsync(ann, "1.1", "--partial", "--out", late);
        await bob.SucceedsAsync("cosign", early, "-y");

        var stale = await bob.SucceedsAsync("cosign", late, "-y", "-o", "json");
        var done = await ann.SucceedsAsync("cosign", late, "-y", "-o", "json");

        Assert.Contains("ann", stale.Messages, StringComparison.Ordinal);
        Assert.Contains("must sign again", stale.Messages, StringComparison.Ordinal);
        Assert.Equal("pending", stale.Json.GetProperty("outcome").GetString());
        Assert.Equal("published", done.Json.GetProperty("outcome").GetString());
        Assert.Equal(0, (await team.VerifyAsync("1.0")).ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("1.1")).ExitCode);
    }

    // With an older one the change would take along what was signed between, and what was revoked since would come back.
    [Fact]
    public async Task Cosign_ServerGivesAnOlderVersionForTheOneItWasMadeFor_IsRefused()
    {
        using var team = await server.NewTeamAsync("tuf");
        var (ann, bob) = await team.NewReleaseTeamAsync();
        var late = Path.Combine(team.Owner.Root, "late.json");
        foreach (var tag in (string[])["1.0", "1.1"])
        {
            await team.SignAsync(ann, tag, "--partial");
            await bob.SucceedsAsync("cosign", team.Repository, "-y");
        }
        await team.SignAsync(ann, "1.3", "--partial", "--out", late);
        await team.SignAsync(ann, "1.2", "--partial");
        await bob.SucceedsAsync("cosign", team.Repository, "-y");
        var (before, made) = (await File.ReadAllBytesAsync(late), 0);
        await using var dishonest = await server.StartBetweenAsync(path => path.EndsWith("/3.release.json", StringComparison.Ordinal) && ++made > 0 ? path.Replace("/3.release.json", "/2.release.json", StringComparison.Ordinal) : path);
        bob.Environment["SIGNER_SERVER"] = dishonest.Address.ToString().TrimEnd('/');

        var run = await bob.RunAsync("cosign", late, "-y", "-o", "json");

        Assert.Equal("pending-is-stale", run.ErrorCode);
        Assert.Contains("another version than the one that it was made for", run.Messages, StringComparison.Ordinal);
        Assert.Equal(1, made);
        Assert.Equal(before, await File.ReadAllBytesAsync(late));
        Assert.Equal("not-signed", (await team.VerifyAsync("1.3")).ErrorCode);
    }

    // Signed in his own role alone, an image would look signed and be pulled by nobody.
    [Fact]
    public async Task Sign_InNotary_SharedRoleNeedsMore_IsRefusedOrSignedInPart()
    {
        using var team = await server.NewTeamAsync("notary");
        var (ann, _) = await team.NewReleaseTeamAsync();
        var carl = await team.NewSignerAsync("carl");

        var alone = await team.SignAsync(carl, "1.0");
        var part = await team.SignAsync(carl, "1.0", "--partial");
        var between = await team.VerifyAsync("1.0");
        var rest = await ann.SucceedsAsync("cosign", team.Repository, "-y", "-o", "json");

        Assert.Equal("key-not-found", alone.ErrorCode);
        Assert.Contains("targets/releases is signed by 2 of the keys", alone.Messages, StringComparison.Ordinal);
        Assert.Equal("pending", part.Json[0].GetProperty("outcome").GetString());
        Assert.Equal("targets/carl", part.Json[0].GetProperty("signedBy")[0].GetProperty("role").GetString());
        Assert.Equal("not-signed", between.ErrorCode);
        Assert.Equal("published", rest.Json.GetProperty("outcome").GetString());
        Assert.Equal(0, (await team.VerifyAsync("1.0")).ExitCode);
    }

    [Fact]
    public async Task Sign_WithAllKeysOverAChangeThatWaits_Warns()
    {
        using var team = await server.NewTeamAsync("tuf");
        var (ann, bob) = await team.NewReleaseTeamAsync();
        await team.SignAsync(ann, "1.0", "--partial");
        foreach (var file in Directory.GetFiles(bob.Keys))
            File.Copy(file, Path.Combine(ann.Keys, Path.GetFileName(file)));

        var run = await team.SignAsync(ann, "1.1");

        Assert.Equal("signed", run.Json[0].GetProperty("outcome").GetString());
        Assert.Contains("A change of release waits for signatures", run.Messages, StringComparison.Ordinal);
        Assert.Equal("nothing-pending", (await bob.RunAsync("cosign", team.Repository, "-y", "-o", "json")).ErrorCode);
    }

    [Fact]
    public async Task Cosign_StrangersKey_IsRefusedAndNothingIsPublished()
    {
        using var team = await server.NewTeamAsync("tuf");
        var (ann, _) = await team.NewReleaseTeamAsync();
        var eve = await team.NewMemberAsync("eve");
        await team.SignAsync(ann, "1.0", "--partial");

        var run = await eve.RunAsync("cosign", team.Repository, "-y", "-o", "json");
        var own = await team.SignAsync(eve, "6.6.6", "--partial");

        Assert.Equal(("key-not-found", "key-not-found"), (run.ErrorCode, own.ErrorCode));
        Assert.Equal("not-signed", (await team.VerifyAsync("1.0")).ErrorCode);
    }

    // A file that was mistyped or damaged says nothing of signatures: no alarm.
    [Theory]
    [InlineData("""{"repository":"registry.example.com/x/y","pending":{}}""")]
    [InlineData("""{"repository":"registry.example.com/x/y","pending":{"targets":"%%%"}}""")]
    [InlineData("""{"repository":"///","pending":{"targets":"AAAA"}}""")]
    [InlineData("""{"pending":{"targets":"AAAA"}}""")]
    [InlineData("not json")]
    public async Task Cosign_DamagedFile_IsRefused(string content)
    {
        using var machine = new SignerMachine();

        var run = await machine.RunAsync("cosign", machine.WriteFile("change.json", content), "-y", "-o", "json");

        Assert.Equal((1, "invalid-proposal"), (run.ExitCode, run.ErrorCode));
    }
}
