using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Signers;

/// <summary>Roles that have expired: owners see them, and can always repair them. Time passes here, so no other class has this server.</summary>
public sealed class ExpiredRoleTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf", "ci")]
    [InlineData("notary", "targets/ci")]
    public async Task Case25_ExpiredDelegatedRole_IsShownAndRenewedByItsOwnKey(string format, string role)
    {
        using var team = await server.NewTeamAsync(format);
        var ci = await team.NewSignerAsync("ci", "--expires", "300d");
        Assert.Equal(0, (await team.SignAsync(ci, "1.0", "--expires", "10d")).ExitCode);
        await team.LetPassAsync(TimeSpan.FromDays(11));

        var stale = await team.VerifyAsync("1.0");
        var inspected = await team.Owner.SucceedsAsync("inspect", team.Repository);
        var listed = await team.Owner.SucceedsAsync("signer", "list", team.Repository);
        var signed = await team.SignAsync(ci, "1.1", "--expires", "20d");

        Assert.NotEqual(0, stale.ExitCode);
        Assert.Contains("EXPIRED", inspected.Results, StringComparison.Ordinal);
        Assert.Contains("1.0", inspected.Results, StringComparison.Ordinal);
        Assert.Contains("EXPIRED", listed.Results, StringComparison.Ordinal);
        Assert.Equal(0, signed.ExitCode);
        Assert.Contains($"The {role} of {team.Repository} expired", signed.Messages, StringComparison.Ordinal);
        Assert.Equal(0, (await team.VerifyAsync("1.0")).ExitCode);
        Assert.Equal(0, (await team.VerifyAsync("1.1")).ExitCode);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Case25_ExpiredTargets_IsShownAndRenewedByItsOwner(string format)
    {
        using var team = await server.NewTeamAsync(format);
        var ci = await team.NewSignerAsync("ci", "--expires", "10d");
        Assert.Equal(0, (await team.SignAsync(ci, "1.0")).ExitCode);
        await team.LetPassAsync(TimeSpan.FromDays(11));

        var stale = await team.VerifyAsync("1.0");
        var inspected = await team.Owner.SucceedsAsync("inspect", team.Repository);
        var told = await team.SignAsync(ci, "1.1");
        var renewed = await team.NewSignerAsync("second");

        Assert.Equal("expired", stale.ErrorCode);
        Assert.Contains("EXPIRED", inspected.Results, StringComparison.Ordinal);
        Assert.Contains("verifiers refuse everything until its owner signs it anew", told.Messages, StringComparison.Ordinal);
        Assert.Equal(0, (await team.VerifyAsync("1.0")).ExitCode);
        Assert.Equal(0, (await team.SignAsync(renewed, "1.2")).ExitCode);
    }
}
