using System.Text.Json;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Signers;

public sealed class SignerAddTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf", "ci")]
    [InlineData("notary", "targets/ci")]
    public async Task Add_MachineWithItsOwnKeyAlone_SignsAndIsVerified(string format, string role)
    {
        using var team = await server.NewTeamAsync(format);
        var ci = await team.NewMemberAsync("ci");

        var added = await team.Owner.SucceedsAsync("signer", "add", "ci", "--key", team.PublicKey("ci"), "-y", "-o", "json", team.Repository);
        var unsigned = await team.VerifyAsync("1.0");
        var signed = await team.SignAsync(ci, "1.0");
        var verified = await team.VerifyAsync("1.0");

        Assert.Equal("changed", added.Json[0].GetProperty("outcome").GetString());
        // Nobody has signed as ci yet, and that harms nobody.
        Assert.Equal("not-signed", unsigned.ErrorCode);
        Assert.Equal(0, signed.ExitCode);
        Assert.Contains(role, RolesOf(signed.Json[0]));
        Assert.Equal(0, verified.ExitCode);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Add_SameAgain_ChangesNothing(string format)
    {
        using var team = await server.NewTeamAsync(format);
        await team.NewSignerAsync("ci");

        var again = await team.Owner.SucceedsAsync("signer", "add", "ci", "--key", team.PublicKey("ci"), "-y", "-o", "json", team.Repository);

        Assert.Equal("unchanged", again.Json[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Add_InTuf_OneUnusedSignerDoesNotHideWhatAnotherSigns()
    {
        using var team = await server.NewTeamAsync("tuf");
        await team.NewSignerAsync("first");
        var second = await team.NewSignerAsync("second");

        Assert.Equal(0, (await team.SignAsync(second, "1.0")).ExitCode);

        var verified = await team.VerifyAsync("1.0");
        Assert.Equal(0, verified.ExitCode);
        Assert.Equal("second", verified.Json[0].GetProperty("signedBy")[0].GetProperty("role").GetString());
    }

    [Fact]
    public async Task Add_PatternOfRepositories_MeansThoseThatTheServerHas()
    {
        using var team = await server.NewTeamAsync("tuf");
        await team.InitAsync("registry.example.com/wide/app", "tuf");
        await team.InitAsync("registry.example.com/wide/web", "notary");
        await team.InitAsync("registry.example.com/wider/web", "tuf");
        await team.NewMemberAsync("ci");

        var unconfirmed = await team.Owner.RunAsync("signer", "add", "ci", "--key", team.PublicKey("ci"), "registry.example.com/wide/*");
        var run = await team.Owner.SucceedsAsync("signer", "add", "ci", "--key", team.PublicKey("ci"), "-y", "-o", "json", "registry.example.com/wide/*");
        var none = await team.Owner.RunAsync("signer", "add", "ci", "--key", team.PublicKey("ci"), "-y", "-o", "json", "registry.example.com/nobody/*");

        Assert.Equal(2, unconfirmed.ExitCode);
        Assert.Equal(["registry.example.com/wide/app", "registry.example.com/wide/web"], run.Json.EnumerateArray().Select(result => result.GetProperty("repository").GetString()));
        Assert.All(run.Json.EnumerateArray(), result => Assert.Equal("changed", result.GetProperty("outcome").GetString()));
        Assert.Equal("repository-unknown", none.ErrorCode);
        Assert.Contains("No signers", (await team.Owner.RunAsync("signer", "list", "registry.example.com/wider/web")).Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ShowsNamesKeysPathsAndWhoNeverSigned()
    {
        using var team = await server.NewTeamAsync("tuf");
        var ci = await team.NewSignerAsync("ci");
        await team.NewMemberAsync("ann");
        await team.NewMemberAsync("bob");
        await team.Owner.SucceedsAsync("signer", "add", "release", "--key", team.PublicKey("ann"), "--key", team.PublicKey("bob"), "--threshold", "2", "--paths", "1.*", "--terminating", "-y", team.Repository);
        Assert.Equal(0, (await team.SignAsync(ci, "nightly")).ExitCode);

        var json = (await team.Owner.SucceedsAsync("signer", "list", "-o", "json", team.Repository)).Json[0].GetProperty("signers");
        var text = (await team.Owner.SucceedsAsync("signer", "list", team.Repository)).Results;

        Assert.Equal(["ci", "release"], json.EnumerateArray().Select(signer => signer.GetProperty("name").GetString()));
        Assert.Equal([false, true], json.EnumerateArray().Select(signer => signer.GetProperty("neverUsed").GetBoolean()));
        Assert.Equal((2, true, "1.*"), (json[1].GetProperty("threshold").GetInt32(), json[1].GetProperty("terminating").GetBoolean(), json[1].GetProperty("paths")[0].GetString()));
        Assert.Equal(["ann", "bob"], json[1].GetProperty("keys").EnumerateArray().Where(key => !key.GetProperty("oneTime").GetBoolean()).Select(key => key.GetProperty("name").GetString()));
        Assert.Contains("2 of 2", text, StringComparison.Ordinal);
        Assert.Contains("never used", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tuf", "targets", "usage")]
    [InlineData("tuf", "a/b", "usage")]
    [InlineData("notary", "releases", "usage")]
    [InlineData("notary", "Upper", "usage")]
    public async Task Add_NameThatCannotBeASigner_IsRefused(string format, string name, string code)
    {
        using var team = await server.NewTeamAsync(format);
        await team.NewMemberAsync("ci");

        var run = await team.Owner.RunAsync("signer", "add", name, "--key", team.PublicKey("ci"), "-y", "-o", "json", team.Repository);

        Assert.Equal(code, run.ErrorCode);
        Assert.Contains("No signers", (await team.Owner.RunAsync("signer", "list", team.Repository)).Results, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Add_ThresholdAboveTheKeys_IsRefused(string format)
    {
        using var team = await server.NewTeamAsync(format);
        await team.NewMemberAsync("ci");

        var run = await team.Owner.RunAsync("signer", "add", "ci", "--key", team.PublicKey("ci"), "--threshold", "2", "-y", "-o", "json", team.Repository);

        Assert.Equal("threshold-unreachable", run.ErrorCode);
    }

    private static IEnumerable<string> RolesOf(JsonElement result) => result.GetProperty("signedBy").EnumerateArray().Select(role => role.GetProperty("role").GetString()!);
}
