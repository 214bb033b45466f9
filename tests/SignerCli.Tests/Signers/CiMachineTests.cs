using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Signers;

/// <summary>A machine that has a key of its own and nothing else: what it can do, and what it is told when it cannot.</summary>
public sealed class CiMachineTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Sign_UnknownKey_IsToldWhichKeysMay(string format)
    {
        using var team = await server.NewTeamAsync(format);
        await team.NewSignerAsync("ci");
        var stranger = await team.NewMemberAsync("stranger");

        var run = await team.SignAsync(stranger, "1.0");

        Assert.Equal("key-not-found", run.ErrorCode);
        Assert.Contains("No key that is here (stranger", run.Messages, StringComparison.Ordinal);
        Assert.Contains("with ci (", run.Messages, StringComparison.Ordinal);
        Assert.Contains("signer signer add", run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tuf", true)]
    [InlineData("tuf", false)]
    [InlineData("notary", false)]
    public async Task Sign_TagThatItsPathsDoNotAllow_IsToldWhichTheyAre(string format, bool namesTheRole)
    {
        using var team = await server.NewTeamAsync(format);
        var ci = await team.NewSignerAsync("ci", "--paths", "nightly-*");

        var run = await team.SignAsync(ci, "1.0", format == "notary" ? ["--role", "targets/ci"] : namesTheRole ? ["--role", "ci"] : []);

        Assert.Equal("key-not-found", run.ErrorCode);
        Assert.Contains("ci may sign nightly-*", run.Messages, StringComparison.Ordinal);
        Assert.Equal(0, (await team.SignAsync(ci, "nightly-7")).ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("nightly-7")).ExitCode);
    }

    // In TUF the role that verifiers look into first decides: what is signed behind it would do nothing.
    [Fact]
    public async Task Sign_TagThatTargetsSigns_IsRefusedBecauseNobodyWouldFindIt()
    {
        using var team = await server.NewTeamAsync("tuf");
        Assert.Equal(0, (await team.SignAsync(team.Owner, "1.0")).ExitCode);
        var ci = await team.NewSignerAsync("ci");

        var hidden = await team.SignAsync(ci, "1.0");
        var asOwner = await team.SignAsync(team.Owner, "1.0", "--custom", "by=owner");
        await team.Owner.SucceedsAsync("revoke", $"{team.Repository}:1.0", "-y");
        var free = await team.SignAsync(ci, "1.0");

        Assert.Equal("key-not-found", hidden.ErrorCode);
        Assert.Contains("1.0 is signed by targets, which verifiers look into before ci", hidden.Messages, StringComparison.Ordinal);
        Assert.Equal("targets", RoleOf(asOwner));
        Assert.Equal("ci", RoleOf(free));
        Assert.Equal(0, (await team.VerifyAsync("1.0")).ExitCode);
    }

    // Whoever names the role gets it, and is told what verifiers will make of it.
    [Fact]
    public async Task Sign_RoleThatIsNamedButNotReached_WarnsThatNobodyWillFindIt()
    {
        using var team = await server.NewTeamAsync("tuf");
        Assert.Equal(0, (await team.SignAsync(team.Owner, "2.0")).ExitCode);
        await team.NewSignerAsync("release", "--paths", "1.*", "--terminating");
        var ci = await team.NewSignerAsync("ci");

        var behind = await team.SignAsync(ci, "1.0", "--role", "ci");
        var listed = await team.SignAsync(ci, "2.0", "--role", "ci");
        var free = await team.SignAsync(ci, "3.0", "--role", "ci");

        Assert.Contains("Verifiers that look for 1.0 stop at release: what ci signs is not found.", behind.Messages, StringComparison.Ordinal);
        Assert.Equal(10, (await team.VerifyAsync("1.0")).ExitCode);
        Assert.Contains("2.0 is signed by targets, which verifiers look into before ci", listed.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("not found", free.Messages, StringComparison.Ordinal);
        Assert.Equal(0, (await team.VerifyAsync("3.0")).ExitCode);
    }

    [Fact]
    public async Task Sign_OwnerWithoutADelegatedKey_SignsInTargets()
    {
        using var team = await server.NewTeamAsync("tuf");
        var ci = await team.NewSignerAsync("ci");

        var fresh = await team.SignAsync(team.Owner, "1.0");
        var byCi = await team.SignAsync(ci, "1.1");
        var revoked = await ci.RunAsync("revoke", $"{team.Repository}:1.1", "-y", "-o", "json");
        var foreign = await ci.RunAsync("revoke", $"{team.Repository}:1.0", "-y", "-o", "json");

        Assert.Equal(("targets", "ci"), (RoleOf(fresh), RoleOf(byCi)));
        Assert.Equal("revoked", revoked.Json[0].GetProperty("outcome").GetString());
        Assert.Equal("key-not-found", foreign.ErrorCode);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Case12_DelegationRemoved_CachedFileOfTheRoleDoesNotCountOffline(string format)
    {
        using var team = await server.NewTeamAsync(format);
        var ci = await team.NewSignerAsync("ci");
        await team.NewSignerAsync("other");
        Assert.Equal(0, (await team.SignAsync(ci, "1.0")).ExitCode);
        Assert.Equal(0, (await team.SignAsync(team.Owner, "0.9", "--role", "targets")).ExitCode);
        var verifier = team.NewMachine();
        await verifier.SucceedsAsync("root", "export", team.Repository, "--tofu");
        var verify = (string tag, params string[] options) => verifier.RunAsync(["verify", $"{team.Repository}:{tag}", "--no-registry", "-o", "json", .. options]);
        Assert.Equal(0, (await verify("1.0")).ExitCode);
        Assert.Equal(0, (await verify("1.0", "--offline")).ExitCode);

        await team.Owner.SucceedsAsync("signer", "remove", "ci", "-y", team.Repository);
        // The verifier learns of the new targets; the file of the removed role is still in its cache.
        Assert.Equal(0, (await verify("0.9")).ExitCode);
        var offline = await verify("1.0", "--offline");

        Assert.NotEqual(0, offline.ExitCode);
        Assert.NotEmpty(Directory.GetFiles(verifier.Root, format == "tuf" ? "*.ci.json" : "*.targets%2Freleases.json", SearchOption.AllDirectories));
        Assert.Equal(0, (await verify("0.9", "--offline")).ExitCode);
    }

    private static string? RoleOf(SignerRun run)
    {
        Assert.True(run.ExitCode == 0, run.Messages);
        return run.Json[0].GetProperty("signedBy")[0].GetProperty("role").GetString();
    }
}
