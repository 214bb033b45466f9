using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Health;

/// <summary>What <c>verify</c> says before something expires.</summary>
public sealed class ExpiryWindowTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Verify_RolesNearTheirEnd_AreNamedAndTheExitCodeStays(string format)
    {
        using var team = await server.NewTeamAsync(format);
        Assert.Equal(0, (await team.SignAsync(team.Owner, "1.0")).ExitCode);
        string[] verify = ["verify", $"{team.Repository}:1.0", "--no-registry", "-o", "json"];

        var fresh = await team.Owner.SucceedsAsync(verify);
        await team.LetPassAsync(TimeSpan.FromDays(345));
        var soon = await team.Owner.SucceedsAsync(verify);
        var narrow = await team.Owner.SucceedsAsync([.. verify, "--warn", "10d"]);
        var demanding = await team.Owner.RunAsync([.. verify, "--min-validity", "60d"]);
        var content = await team.Owner.SucceedsAsync([.. verify, "--min-validity", "10d"]);

        Assert.False(fresh.Json[0].TryGetProperty("expiring", out _));
        Assert.Equal("targets", soon.Json[0].GetProperty("expiring")[0].GetProperty("role").GetString());
        Assert.Contains("expires on", soon.Messages, StringComparison.Ordinal);
        Assert.False(narrow.Json[0].TryGetProperty("expiring", out _));
        Assert.Equal(((int)Outcome.Stale, "too-old"), (demanding.ExitCode, demanding.ErrorCode));
        Assert.Equal("verified", content.Json[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Verify_TimestampThatShouldHaveBeenRenewed_IsNamed()
    {
        using var team = await server.NewTeamAsync("tuf");
        Assert.Equal(0, (await team.SignAsync(team.Owner, "1.0")).ExitCode);

        team.Time.Now += TimeSpan.FromDays(6);
        var early = await team.Owner.SucceedsAsync("verify", $"{team.Repository}:1.0", "--no-registry");
        team.Time.Now += TimeSpan.FromDays(3);
        var late = await team.Owner.SucceedsAsync("verify", $"{team.Repository}:1.0", "--no-registry");
        await team.LetPassAsync(TimeSpan.Zero);
        var renewed = await team.Owner.SucceedsAsync("verify", $"{team.Repository}:1.0", "--no-registry");

        Assert.DoesNotContain("should have renewed", early.Messages, StringComparison.Ordinal);
        Assert.Contains("the trust server should have renewed it", late.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("should have renewed", renewed.Messages, StringComparison.Ordinal);
    }
}
