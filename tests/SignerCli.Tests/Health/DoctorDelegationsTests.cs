using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Health;

/// <summary>Delegations of delegated roles, which other tools make: doctor sees them all.</summary>
public sealed class DoctorDelegationsTests : IDisposable
{
    private const string Repository = "registry.example.com/team/app";

    private readonly SignerMachine machine = new() { Time = new FixedTime() };

    public void Dispose() => machine.Dispose();

    [Fact]
    public async Task Doctor_RolesBelowRoles_AreShownWithTheirEndAndTheirKeys()
    {
        var repository = new RepositorySimulator(FixedTime.Start) { Expires = FixedTime.Start.AddDays(300) };
        var team = repository.Delegate(RoleName.Targets, "team", ["*"]);
        var member = repository.Delegate(team, "member", ["*"], keys: [TestKeys.New(), TestKeys.New()], threshold: 2);
        var deep = repository.Delegate(member, "deep", ["*"]);
        repository.Expires = FixedTime.Start.AddDays(3);
        repository.PublishOnly(deep);
        repository.Expires = FixedTime.Start.AddDays(300);
        repository.Publish(member, team, RoleName.Targets, RoleName.Root);
        await using var server = await ServeAsync("tuf", repository.Files.GetValueOrDefault);

        var run = await RunAsync(server, repository.FirstRoot, "-o", "json");
        var text = await RunAsync(server, repository.FirstRoot, "--ics", Path.Combine(machine.Root, "expiries.ics"));

        var roles = run.Json[0].GetProperty("roles").EnumerateArray().ToList();
        Assert.Equal(["team by targets", "member by team", "deep by member"], roles.Where(role => role.TryGetProperty("delegatedBy", out _)).Select(role => $"{Text(role, "name")} by {Text(role, "delegatedBy")}"));
        var found = roles.Single(role => Text(role, "name") == "member");
        Assert.Equal((2, 2, FixedTime.Start.AddDays(300)), (found.GetProperty("threshold").GetInt32(), found.GetProperty("holders").GetArrayLength(), found.GetProperty("expires").GetDateTimeOffset()));
        Assert.Equal(((int)Outcome.Stale, "critical"), (run.ExitCode, Text(FindingOf(run, "expires-soon", "deep"), "severity")));
        Assert.Equal("notice", Text(FindingOf(run, "no-spare", "member"), "severity"));
        Assert.Contains("deep (by member)", text.Results, StringComparison.Ordinal);
        Assert.Contains("SUMMARY:deep of", await File.ReadAllTextAsync(Path.Combine(machine.Root, "expiries.ics")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_NotaryRolesBelowRoles_AreShown()
    {
        var repository = new NotaryRepository(FixedTime.Start);
        var (alice, sub) = (NotaryRepository.Role("targets/alice"), NotaryRepository.Role("targets/alice/sub"));
        repository.Init();
        repository.Delegate(RoleName.Targets, alice, TestKeys.New(), "");
        repository.Delegate(alice, sub, TestKeys.New(), "");
        repository.Add(sub, "1.0");
        repository.Publish(repository.File(RoleName.Targets), repository.File(alice), repository.File(sub));
        await using var server = await ServeAsync("notary", name => repository.Serve().Read(name));

        var run = await RunAsync(server, repository.Roots[0], "-o", "json");

        Assert.Equal(["targets/alice by targets", "targets/alice/sub by targets/alice"], run.Json[0].GetProperty("roles").EnumerateArray().Where(role => role.TryGetProperty("delegatedBy", out _)).Select(role => $"{Text(role, "name")} by {Text(role, "delegatedBy")}"));
        Assert.NotNull(Text(FindingOf(run, "no-spare", "targets/alice/sub"), "message"));
    }

    [Theory]
    [InlineData("withheld", "metadata-unknown", Outcome.Untrusted)]
    [InlineData("signed by somebody else", "threshold-not-met", Outcome.Untrusted)]
    [InlineData("never published", "role-not-listed", Outcome.Untrusted)]
    public async Task Doctor_RoleBelowARoleDoesNotVerify_IsCritical_AndTheOthersAreShown(string damage, string code, Outcome outcome)
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        var team = repository.Delegate(RoleName.Targets, "team", ["*"]);
        var member = repository.Delegate(team, "member", ["*"]);
        var other = repository.Delegate(team, "other", ["*"]);
        if (damage == "signed by somebody else")
            repository.Signers[member] = [TestKeys.New()];
        if (damage != "never published")
            repository.PublishOnly(member);
        repository.Publish(other, team, RoleName.Targets);
        if (damage == "withheld")
            repository.Files.Remove("1.member.json");
        await using var server = await ServeAsync("tuf", repository.Files.GetValueOrDefault);

        var run = await RunAsync(server, repository.FirstRoot, "-o", "json");

        Assert.Equal((int)outcome, run.ExitCode);
        Assert.Equal("critical", Text(FindingOf(run, "unverifiable-role", "member"), "severity"));
        Assert.Equal(TrustErrors.Describe(Enum.GetValues<TrustError>().Single(error => TrustErrors.Describe(error).Code == code)).Outcome, outcome);
        Assert.Contains(run.Json[0].GetProperty("roles").EnumerateArray(), role => Text(role, "name") == "other");
    }

    [Fact]
    public async Task Doctor_RoleCannotBeFetched_TellsTheRestAndKeepsTheCalendar()
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        var team = repository.Delegate(RoleName.Targets, "team", ["*"]);
        repository.Publish(team, RoleName.Targets);
        var isDown = false;
        await using var server = await ServeAsync("tuf", name => isDown && name.Contains("team", StringComparison.Ordinal) ? throw new IOException("gone") : repository.Files.GetValueOrDefault(name));
        var calendar = Path.Combine(machine.Root, "expiries.ics");
        await RunAsync(server, repository.FirstRoot, "--ics", calendar);
        var before = await File.ReadAllTextAsync(calendar);
        repository.Publish(team);
        isDown = true;

        var run = await RunAsync(server, repository.FirstRoot, "-o", "json", "--ics", calendar);

        Assert.Equal((int)Outcome.Unreachable, run.ExitCode);
        Assert.Equal("critical", Text(FindingOf(run, "unverifiable-role", "team"), "severity"));
        Assert.Contains(run.Json[0].GetProperty("roles").EnumerateArray(), role => Text(role, "name") == "targets");
        Assert.Equal(before, await File.ReadAllTextAsync(calendar));
    }

    private static Task<HostileServer> ServeAsync(string format, Func<string, byte[]?> find) => HostileServer.StartAsync(async context =>
    {
        var prefix = format == "tuf" ? $"/tuf/{Repository}/metadata/" : $"/v2/{Repository}/_trust/tuf/";
        if (context.Request.Path.Value is { } path && path.StartsWith(prefix, StringComparison.Ordinal) && find(path[prefix.Length..]) is { } file)
            await context.Response.Body.WriteAsync(file);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    });

    private async Task<SignerRun> RunAsync(HostileServer server, byte[] root, params string[] options)
    {
        machine.Environment["SIGNER_SERVER"] = server.Address.ToString();
        return await machine.RunAsync(["doctor", Repository, "--root", machine.WriteFile("root.json", System.Text.Encoding.UTF8.GetString(root)), .. options]);
    }

    private static JsonElement FindingOf(SignerRun run, string code, string role) =>
        run.Json[0].GetProperty("findings").EnumerateArray().Single(finding => Text(finding, "code") == code && finding.TryGetProperty("role", out var name) && name.GetString() == role);

    private static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();
}
