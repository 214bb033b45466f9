using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Health;

public sealed class DoctorTests(TeamServer server) : IClassFixture<TeamServer>
{
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Doctor_FreshRepository_ShowsEveryRoleAndWhoRenewsIt(string format)
    {
        using var team = await server.NewTeamAsync(format);

        var run = await team.Owner.SucceedsAsync("doctor", team.Repository, "-o", "json");
        var strict = await team.Owner.RunAsync("doctor", team.Repository, "--fail-on-warnings");

        var report = run.Json[0];
        Assert.Equal("healthy", report.GetProperty("outcome").GetString());
        Assert.Equal(["root", "targets", "snapshot", "timestamp"], report.GetProperty("roles").EnumerateArray().Select(role => role.GetProperty("name").GetString()));
        Assert.Equal([false, false, true, true], report.GetProperty("roles").EnumerateArray().Select(role => role.GetProperty("renewedByServer").GetBoolean()));
        Assert.Contains("root-", report.GetProperty("roles")[0].GetProperty("holders")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(["warning no-backup root", "warning no-spare root", "warning no-backup targets", "notice no-spare targets"], FindingsOf(report));
        Assert.Equal((int)Outcome.Failure, strict.ExitCode);
        Assert.Contains("the trust server", strict.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_KeyWithoutALabel_AdvisesACommandThatFindsIt()
    {
        await using var world = await SigningWorld.WithRepositoryAsync();

        var run = await world.Owner.SucceedsAsync("doctor", SigningWorld.Repository);

        var key = System.Text.RegularExpressions.Regex.Match(run.Results, "signer key backup ([0-9a-f]+) --out").Groups[1].Value;
        await world.Owner.SucceedsAsync("key", "export", key);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Doctor_TargetsNearTheirEnd_WarnsThenFailsThenSaysThatTheyExpired(string format)
    {
        using var team = await server.NewTeamAsync(format);
        var expires = await ExpiryAsync(team, "targets");

        var soon = await AtAsync(team, expires - TimeSpan.FromDays(20));
        var sooner = await AtAsync(team, expires - TimeSpan.FromDays(3));
        var quiet = await team.Owner.RunAsync("doctor", team.Repository, "-q");
        var over = await AtAsync(team, expires + TimeSpan.FromDays(1));
        await team.Owner.SucceedsAsync("renew", team.Repository, "-y");
        var renewed = await AtAsync(team, team.Time.Now);

        Assert.Equal(("warning expires-soon targets", 0), (ExpiryOf(soon), soon.ExitCode));
        Assert.Equal(("critical expires-soon targets", (int)Outcome.Stale), (ExpiryOf(sooner), sooner.ExitCode));
        Assert.Contains($"{team.Repository}: critical: targets", quiet.Results, StringComparison.Ordinal);
        Assert.DoesNotContain("ROLE", quiet.Results, StringComparison.Ordinal);
        Assert.Equal(("critical expired targets", (int)Outcome.Stale), (ExpiryOf(over), over.ExitCode));
        Assert.Contains("signer renew", over.Json[0].GetProperty("findings").EnumerateArray().First(finding => finding.GetProperty("code").GetString() == "expired").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal((null, 0), (ExpiryOf(renewed), renewed.ExitCode));
    }

    [Theory]
    [InlineData("tuf", "ci")]
    [InlineData("notary", "targets/ci")]
    public async Task Doctor_SignerWhoNeverSigned_IsNamedUntilThatSigns(string format, string role)
    {
        using var team = await server.NewTeamAsync(format);
        var ci = await team.NewSignerAsync("ci");

        var before = FindingsOf((await team.Owner.SucceedsAsync("doctor", team.Repository, "-o", "json")).Json[0]);
        Assert.Equal(0, (await team.SignAsync(ci, "1.0")).ExitCode);
        var after = await team.Owner.SucceedsAsync("doctor", team.Repository, "-o", "json");

        Assert.Contains($"notice never-used {role}", before);
        Assert.DoesNotContain($"notice never-used {role}", FindingsOf(after.Json[0]));
        Assert.Contains(after.Json[0].GetProperty("roles").EnumerateArray(), line => line.GetProperty("name").GetString() == role && line.GetProperty("holders")[0].GetString()!.StartsWith("ci (", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_ChangeThatWaits_SaysWhoSignedIt_AndWarnsAfterAWeek()
    {
        using var team = await server.NewTeamAsync("tuf");
        var alice = await team.NewMemberAsync("alice");
        await team.NewMemberAsync("bob");
        await team.AddAsync("release", ["alice", "bob"], "--threshold", "2");
        Assert.Equal(0, (await team.SignAsync(alice, "1.0", "--partial")).ExitCode);

        var fresh = (await team.Owner.SucceedsAsync("doctor", team.Repository, "-o", "json")).Json[0];
        await team.LetPassAsync(TimeSpan.FromDays(8));
        var old = (await team.Owner.SucceedsAsync("doctor", team.Repository, "-o", "json")).Json[0];

        Assert.Contains("notice pending release", FindingsOf(fresh));
        Assert.Contains("warning pending release", FindingsOf(old));
        Assert.Contains("alice", old.GetProperty("findings").EnumerateArray().First(finding => finding.GetProperty("code").GetString() == "pending").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_KeyThatIsBackedUp_IsNoWarningAnyMore()
    {
        using var team = await server.NewTeamAsync("tuf");
        team.Owner.Environment["SIGNER_BACKUP_PASSPHRASE"] = "a passphrase for backups";

        await team.Owner.SucceedsAsync("key", "backup", "--all", "--out", Path.Combine(team.Owner.Root, "keys.backup"));
        var run = await team.Owner.SucceedsAsync("doctor", team.Repository, "-o", "json", "--fail-on-warnings");

        Assert.Equal(["notice no-spare root", "notice no-spare targets"], FindingsOf(run.Json[0]));
    }

    [Fact]
    public async Task Doctor_AllRepositories_AreThoseThatArePinnedHere_AndOneThatCannotBeReadHidesNone()
    {
        using var team = await server.NewTeamAsync("tuf");
        using var others = await server.NewTeamAsync("tuf");
        await team.InitAsync(team.Repository + "-two", "notary");

        var all = await team.Owner.SucceedsAsync("doctor", "--all", "-o", "json");
        var mixed = await team.Owner.RunAsync("doctor", team.Repository, "registry.example.com/nobody/knows", "-o", "json");
        var none = await team.Owner.RunAsync("doctor");

        Assert.Equal([team.Repository, team.Repository + "-two"], all.Json.EnumerateArray().Select(report => report.GetProperty("repository").GetString()));
        Assert.Contains("left out", all.Messages, StringComparison.Ordinal);
        Assert.Equal(["healthy", "usage"], mixed.Json.EnumerateArray().Select(report => report.GetProperty("outcome").GetString()));
        Assert.Equal((int)Outcome.Usage, none.ExitCode);
    }

    [Fact]
    public async Task Doctor_TimestampThatTheServerDoesNotRenew_IsItsOperatorsTask()
    {
        using var team = await server.NewTeamAsync("tuf");

        team.Time.Now += TimeSpan.FromDays(9);
        var overdue = (await team.Owner.SucceedsAsync("doctor", team.Repository, "-o", "json")).Json[0];
        team.Time.Now += TimeSpan.FromDays(6);
        var expired = await team.Owner.RunAsync("doctor", team.Repository, "-o", "json");
        await team.LetPassAsync(TimeSpan.Zero);

        Assert.Contains("warning renewal-overdue timestamp", FindingsOf(overdue));
        Assert.Equal((int)Outcome.Stale, expired.ExitCode);
        Assert.Contains("critical expired timestamp", FindingsOf(expired.Json[0]));
    }

    [Fact]
    public async Task Doctor_AllWithoutAnyPin_IsAnErrorAndNotGreen()
    {
        using var team = await server.NewTeamAsync("tuf");
        var stranger = team.NewMachine();

        var run = await stranger.RunAsync("doctor", "--all", "-q");

        Assert.Equal((int)Outcome.Usage, run.ExitCode);
        Assert.Contains("SIGNER_HOME", run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Doctor_AllWithAPinnedRepositoryThatTheServerLost_IsCritical(string format)
    {
        using var team = await server.NewTeamAsync(format);
        var isLost = false;
        await using var front = await TrustServerFront.StartAsync(server.Host, context => isLost ? LoseAsync(context) : Task.FromResult(false));
        var cron = team.NewMachine();
        cron.Environment["SIGNER_SERVER"] = front.Address.ToString();
        await cron.SucceedsAsync("root", "export", team.Repository, "--tofu");

        var before = await cron.SucceedsAsync("doctor", "--all", "-o", "json");
        isLost = true;
        var after = await cron.RunAsync("doctor", "--all", "-o", "json");
        cron.Environment["SIGNER_SERVER"] = server.Host.Url;
        var elsewhere = await cron.SucceedsAsync("doctor", "--all", "-o", "json");

        Assert.Equal("healthy", Assert.Single(before.Json.EnumerateArray()).GetProperty("outcome").GetString());
        Assert.NotEqual(0, after.ExitCode);
        Assert.Equal((team.Repository, "unreadable"), UnreadableOf(Assert.Single(after.Json.EnumerateArray())));
        Assert.Equal("healthy", Assert.Single(elsewhere.Json.EnumerateArray()).GetProperty("outcome").GetString());
    }

    // As pins were saved before it was noted where their repository is.
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Doctor_AllWithAPinOfAnUnknownServer_NamesItUntilItWasSeenThere(string format)
    {
        using var team = await server.NewTeamAsync(format);
        await using var other = await SigningWorld.StartAsync();
        other.Time.Now = server.Time.Now;
        await other.Owner.SucceedsAsync("init", SigningWorld.Repository);
        await team.Owner.SucceedsAsync("root", "export", SigningWorld.Repository, "--tofu", "--server", other.Server.Url);
        var note = Directory.GetFiles(Path.Combine(team.Owner.Home, "roots"), "*.place").Single(path => File.ReadAllText(path).StartsWith(team.Repository + "\n", StringComparison.Ordinal));
        File.Delete(note);

        var before = await team.Owner.RunAsync("doctor", "--all", "--server", other.Server.Url, "-o", "json");
        var strict = await team.Owner.RunAsync("doctor", "--all", "--server", other.Server.Url, "--fail-on-warnings", "-q");
        await team.Owner.SucceedsAsync("doctor", team.Repository);
        var after = await team.Owner.SucceedsAsync("doctor", "--all", "--server", other.Server.Url, "-o", "json");
        var here = await team.Owner.SucceedsAsync("doctor", "--all", "-o", "json");

        // Its root names a repository of the format tuf; of notary there is the file.
        if (format == "tuf")
            Assert.Equal((0, "warning"), (before.ExitCode, before.Json.EnumerateArray().Single(report => report.GetProperty("repository").GetString() == team.Repository).GetProperty("findings")[0].GetProperty("severity").GetString()));
        else
            Assert.Contains(Path.ChangeExtension(note, "root.json"), before.Messages, StringComparison.Ordinal);
        Assert.Contains(format == "tuf" ? $"{team.Repository}: warning: " : "signer doctor REPOSITORY", strict.Results + strict.Messages, StringComparison.Ordinal);
        Assert.Equal(SigningWorld.Repository, Assert.Single(after.Json.EnumerateArray()).GetProperty("repository").GetString());
        Assert.DoesNotContain("not known", after.Messages, StringComparison.Ordinal);
        Assert.Contains(here.Json.EnumerateArray(), report => report.GetProperty("repository").GetString() == team.Repository);
    }

    [Fact]
    public async Task Doctor_AllWithARepositoryOfTheSettingsThatIsNotListed_IsCritical()
    {
        using var team = await server.NewTeamAsync("tuf");
        var lost = team.Repository + "-lost";
        team.Owner.WriteFile("home/config.json", $$"""{"roots":{"{{lost}}":"root:1:sha256:{{new string('a', 64)}}"} }""");

        var run = await team.Owner.RunAsync("doctor", "--all", "-o", "json");
        team.Owner.WriteFile("home/config.json", $$"""{"server":"https://other.example.com","roots":{"{{lost}}":"root:1:sha256:{{new string('a', 64)}}"} }""");
        var elsewhere = await team.Owner.SucceedsAsync("doctor", "--all", "-o", "json");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal((lost, "unreadable"), UnreadableOf(run.Json[1]));
        Assert.Equal(team.Repository, Assert.Single(elsewhere.Json.EnumerateArray()).GetProperty("repository").GetString());
    }

    [Fact]
    public async Task Doctor_CalendarWhenARepositoryCannotBeRead_StaysAsItWas()
    {
        using var team = await server.NewTeamAsync("tuf");
        var calendar = Path.Combine(team.Owner.Root, "expiries.ics");
        await team.Owner.SucceedsAsync("doctor", team.Repository, "--ics", calendar);
        var before = await File.ReadAllTextAsync(calendar);
        team.Owner.Environment["SIGNER_SERVER"] = "http://127.0.0.1:1";

        var run = await team.Owner.RunAsync("doctor", team.Repository, "--ics", calendar);

        Assert.Equal((int)Outcome.Unreachable, run.ExitCode);
        Assert.Contains($"{calendar} was left as it is", run.Messages, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(calendar));
    }

    private static async Task<bool> LoseAsync(HttpContext context)
    {
        var isList = context.Request.Path == "/api/v1/repositories";
        context.Response.StatusCode = isList ? 200 : 404;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(isList ? """{"repositories":[]}""" : "");
        return true;
    }

    private static (string?, string?) UnreadableOf(JsonElement report) =>
        (report.GetProperty("repository").GetString(), Assert.Single(report.GetProperty("findings").EnumerateArray()).GetProperty("code").GetString());

    private static async Task<DateTimeOffset> ExpiryAsync(TeamWorld team, string role)
    {
        var report = (await team.Owner.SucceedsAsync("doctor", team.Repository, "-o", "json")).Json[0];
        return report.GetProperty("roles").EnumerateArray().Single(line => line.GetProperty("name").GetString() == role).GetProperty("expires").GetDateTimeOffset();
    }

    private static async Task<SignerRun> AtAsync(TeamWorld team, DateTimeOffset time)
    {
        await team.LetPassAsync(time - team.Time.Now);
        return await team.Owner.RunAsync("doctor", team.Repository, "-o", "json");
    }

    private static List<string> FindingsOf(JsonElement report) =>
        [.. report.GetProperty("findings").EnumerateArray().Select(finding => $"{finding.GetProperty("severity").GetString()} {finding.GetProperty("code").GetString()} {finding.GetProperty("role").GetString()}")];

    private static string? ExpiryOf(SignerRun run) => FindingsOf(run.Json[0]).SingleOrDefault(finding => finding.Contains("expire", StringComparison.Ordinal));
}
