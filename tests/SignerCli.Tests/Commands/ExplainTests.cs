using System.Text.Json;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Commands;

public sealed class ExplainTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Explain_SignedImage_ShowsPinChainAndWhoSigned(string format)
    {
        using var team = await server.NewTeamAsync(format);
        Assert.Equal(0, (await team.SignAsync(team.Owner, "1.0")).ExitCode);

        var json = (await team.Owner.SucceedsAsync("explain", $"{team.Repository}:1.0", "--no-registry", "-o", "json")).Json;
        var text = (await team.Owner.SucceedsAsync("explain", $"{team.Repository}:1.0", "--no-registry")).Results;

        Assert.Equal("verified", json.GetProperty("outcome").GetString());
        Assert.Contains($"format {format}", json.GetProperty("pin").GetString(), StringComparison.Ordinal);
        Assert.Equal(["root", "timestamp", "snapshot", "targets"], json.GetProperty("chain").EnumerateArray().Select(file => file.GetProperty("role").GetString()));
        Assert.All(json.GetProperty("chain").EnumerateArray(), file => Assert.NotEmpty(file.GetProperty("signedBy").EnumerateArray()));
        Assert.Contains("targets found", StepsOf(json));
        Assert.Contains($"safe to pull: {json.GetProperty("pinned").GetString()}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_Delegations_NamesEachSignerAndWhyItSpokeOrNot()
    {
        using var team = await server.NewTeamAsync("tuf");
        await team.NewSignerAsync("prod", "--paths", "v*");
        var ci = await team.NewSignerAsync("ci");
        Assert.Equal(0, (await team.SignAsync(ci, "nightly")).ExitCode);

        var json = (await team.Owner.SucceedsAsync("explain", $"{team.Repository}:nightly", "--no-registry", "-o", "json")).Json;
        var text = (await team.Owner.SucceedsAsync("explain", $"{team.Repository}:nightly", "--no-registry")).Results;

        Assert.Equal(["targets not-listed", "ci found", "prod other-paths"], StepsOf(json));
        Assert.Equal("ci", StepOf(json, "ci").GetProperty("signedBy")[0].GetProperty("name").GetString());
        Assert.Equal("v*", StepOf(json, "prod").GetProperty("paths")[0].GetString());
        Assert.Contains("signed by ci (", text, StringComparison.Ordinal);
        Assert.Contains("not asked: nightly is none of its paths", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_NotaryRoleThatNoClientReads_IsShownAsSuch()
    {
        using var team = await server.NewTeamAsync("notary");
        await team.NewSignerAsync("ci");
        Assert.Equal(0, (await team.SignAsync(team.Owner, "1.0", "--role", "targets")).ExitCode);

        var json = (await team.Owner.SucceedsAsync("explain", $"{team.Repository}:1.0", "--no-registry", "-o", "json")).Json;

        Assert.Equal(["targets/releases not-published", "targets found", "targets/ci not-asked"], StepsOf(json));
        Assert.Contains("targets/releases and targets only", StepOf(json, "targets/ci").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Explain_WhatVerifyRefuses_EndsAsVerifyDoes(string format)
    {
        using var team = await server.NewTeamAsync(format);
        Assert.Equal(0, (await team.SignAsync(team.Owner, "1.0")).ExitCode);
        var stranger = team.NewMachine();

        var unsigned = await team.Owner.RunAsync("explain", $"{team.Repository}:2.0", "--no-registry", "-o", "json");
        var unpinned = await stranger.RunAsync("explain", $"{team.Repository}:1.0", "--no-registry", "-o", "json");
        await team.LetPassAsync(TimeSpan.FromDays(400));
        var expired = await team.Owner.RunAsync("explain", $"{team.Repository}:1.0", "--no-registry", "-o", "json");
        var text = await team.Owner.RunAsync("explain", $"{team.Repository}:1.0", "--no-registry");

        Assert.Equal(((int)Outcome.Unsigned, "not-signed"), (unsigned.ExitCode, unsigned.ErrorCode));
        Assert.Contains("targets not-listed", StepsOf(unsigned.Json));
        Assert.Equal(((int)Outcome.Usage, "root-not-pinned"), (unpinned.ExitCode, unpinned.ErrorCode));
        Assert.Equal(((int)Outcome.Stale, "expired"), (expired.ExitCode, expired.ErrorCode));
        Assert.True(expired.Json.GetProperty("chain")[3].GetProperty("expired").GetBoolean());
        Assert.Contains("EXPIRED", text.Results, StringComparison.Ordinal);
        Assert.Contains("└─ refused: ", text.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_ExpiredSigner_EndsTheSearchAndIsNamed()
    {
        using var team = await server.NewTeamAsync("tuf");
        var ci = await team.NewSignerAsync("ci");
        Assert.Equal(0, (await team.SignAsync(ci, "1.0")).ExitCode);
        await team.LetPassAsync(TimeSpan.FromDays(400));
        await team.Owner.SucceedsAsync("renew", team.Repository, "--role", "targets", "-y");

        var run = await team.Owner.RunAsync("explain", $"{team.Repository}:1.0", "--no-registry", "-o", "json");

        Assert.Equal((int)Outcome.Stale, run.ExitCode);
        Assert.Equal(["targets not-listed", "ci refused"], StepsOf(run.Json));
        Assert.Contains("has expired, so that it ends the search", StepOf(run.Json, "ci").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_MinValidity_EndsAsVerifyDoes()
    {
        using var team = await server.NewTeamAsync("tuf");
        Assert.Equal(0, (await team.SignAsync(team.Owner, "1.0")).ExitCode);

        var verified = await team.Owner.RunAsync("verify", $"{team.Repository}:1.0", "--no-registry", "--min-validity", "9999d", "-o", "json");
        var explained = await team.Owner.RunAsync("explain", $"{team.Repository}:1.0", "--no-registry", "--min-validity", "9999d", "-o", "json");

        Assert.Equal((int)Outcome.Stale, verified.ExitCode);
        Assert.Equal((verified.ExitCode, verified.ErrorCode), (explained.ExitCode, explained.ErrorCode));
    }

    [Fact]
    public async Task Explain_ServerThatFallsSilentAfterVerification_StillEndsAsVerifyDoes()
    {
        using var team = await server.NewTeamAsync("tuf");
        Assert.Equal(0, (await team.SignAsync(team.Owner, "1.0")).ExitCode);
        var timestamps = int.MaxValue;
        await using var front = await TrustServerFront.StartAsync(server.Host, async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/timestamp.json", StringComparison.Ordinal) && Interlocked.Decrement(ref timestamps) < 0)
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return false;
        });
        var reader = team.NewMachine();
        reader.Environment["SIGNER_SERVER"] = front.Address.ToString();
        await reader.SucceedsAsync("root", "export", team.Repository, "--tofu");
        timestamps = 1;

        var run = await reader.RunAsync("explain", $"{team.Repository}:1.0", "--no-registry", "--timeout", "4s", "-o", "json");

        Assert.Equal((0, "verified"), (run.ExitCode, run.Json.GetProperty("outcome").GetString()));
        Assert.Equal("server-unreachable", run.Json.GetProperty("stop").GetProperty("code").GetString());
    }

    private static List<string> StepsOf(JsonElement json) => [.. json.GetProperty("search").EnumerateArray().Select(step => $"{step.GetProperty("role").GetString()} {step.GetProperty("result").GetString()}")];

    private static JsonElement StepOf(JsonElement json, string role) => json.GetProperty("search").EnumerateArray().Single(step => step.GetProperty("role").GetString() == role);
}
