using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

/// <summary>A delegated role that cannot be had or does not verify: inspect shows the rest and says so, verify lets nothing pass.</summary>
public sealed class InspectDamagedRolesTests : IAsyncLifetime, IDisposable
{
    private const string Repository = "registry.example.com/team/app";

    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly SignerMachine machine = new() { Time = new FixedTime() };
    private readonly RoleName first;
    private readonly RoleName second;
    private RepositorySimulatorHost host = null!;
    private string root = null!;

    public InspectDamagedRolesTests()
    {
        first = repository.Delegate(RoleName.Targets, "first", ["v*"]);
        second = repository.Delegate(RoleName.Targets, "second", ["v*", "x*"]);
        Sign(RoleName.Targets, "1.0");
        Sign(first, "v1");
        Sign(second, "v2");
        Sign(second, "x1");
        repository.Publish(first, second, RoleName.Targets);
    }

    public async Task InitializeAsync()
    {
        host = await RepositorySimulatorHost.StartAsync(repository);
        root = machine.WriteFile("root.json", System.Text.Encoding.UTF8.GetString(repository.FirstRoot));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    public void Dispose() => machine.Dispose();

    [Fact]
    public async Task Inspect_NothingIsWrong_SaysSo()
    {
        var run = await RunAsync("inspect", Repository);

        Assert.Equal((0, "shown", 0), (run.ExitCode, run.Json.GetProperty("outcome").GetString(), run.Json.GetProperty("refused").GetArrayLength()));
        Assert.Equal(["1.0", "v1", "v2", "x1"], NamesIn(run, "targets"));
    }

    [Theory]
    [InlineData("withheld", "metadata-unknown", Outcome.Untrusted)]
    [InlineData("changed", "hash-mismatch", Outcome.Untrusted)]
    [InlineData("signed by somebody else", "threshold-not-met", Outcome.Untrusted)]
    [InlineData("never published", "role-not-listed", Outcome.Untrusted)]
    [InlineData("not served", "server-unreachable", Outcome.Unreachable)]
    public async Task Inspect_RoleIsDamaged_ShowsTheRestAndFails_AndVerifyStillRefuses(string damage, string code, Outcome outcome)
    {
        Damage(damage);

        var run = await RunAsync("inspect", Repository);
        var text = await machine.RunAsync("inspect", Repository, "--metadata-url", host.MetadataUrl, "--root", root);

        Assert.Equal(((int)outcome, (int)outcome), (run.ExitCode, run.Json.GetProperty("exitCode").GetInt32()));
        Assert.Equal(["1.0", "x1"], NamesIn(run, "targets"));
        // What only the damaged role lists is not known; what comes behind it is refused by verifiers.
        Assert.Equal(["v2"], NamesIn(run, "refused"));
        Assert.Equal(code, run.Json.GetProperty("refused")[0].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("first", run.Json.GetProperty("refused")[0].GetProperty("role").GetString());
        var role = run.Json.GetProperty("roles").EnumerateArray().Single(line => line.GetProperty("name").GetString() == "first");
        Assert.Equal(code, role.GetProperty("error").GetProperty("code").GetString());
        Assert.False(role.TryGetProperty("version", out _));
        Assert.Equal((int)outcome, text.ExitCode);
        Assert.Contains("INVALID", Assert.Single(text.Results.Split('\n'), line => line.StartsWith("first ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.EndsWith("REFUSED".PadRight(73) + "first comes first, and does not verify", Assert.Single(text.Results.Split('\n'), line => line.StartsWith("v2 ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("first does not verify", text.Messages, StringComparison.Ordinal);
        foreach (var tag in (string[])["v1", "v2"])
            Assert.Equal(((int)outcome, code), await VerifyAsync(tag));
        Assert.Equal((0, null), await VerifyAsync("x1"));
    }

    [Fact]
    public async Task Inspect_OneTag_IsMarkedIfItsSearchIsRefused()
    {
        Damage("withheld");

        var good = await RunAsync("inspect", $"{Repository}:x1");
        var refused = await RunAsync("inspect", $"{Repository}:v1");
        var missing = await RunAsync("inspect", $"{Repository}:9.9");

        Assert.Equal(((int)Outcome.Untrusted, "x1"), (good.ExitCode, Assert.Single(NamesIn(good, "targets"))));
        Assert.Empty(NamesIn(good, "refused"));
        Assert.Equal(((int)Outcome.Untrusted, "v1"), (refused.ExitCode, Assert.Single(NamesIn(refused, "refused"))));
        Assert.Empty(NamesIn(refused, "targets"));
        Assert.Equal(((int)Outcome.Unsigned, "not-signed"), (missing.ExitCode, missing.ErrorCode));
        Assert.Contains("first does not verify", missing.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_RoleIsWithheld_IsAskedForOnce()
    {
        for (var tag = 0; tag < 50; tag++)
            Sign(second, $"v-{tag}");
        repository.Publish(second);
        repository.Files.Remove("1.first.json");

        var run = await RunAsync("inspect", Repository);

        Assert.Equal(51, run.Json.GetProperty("refused").GetArrayLength());
        Assert.Single(host.RawRequests, "/metadata/1.first.json");
    }

    [Fact]
    public async Task Inspect_RoleIsNeverAnswered_ShowsTheRestInTime()
    {
        Sign(second, "v3");
        repository.Publish(second);
        host.Intercept = async context =>
        {
            if (context.Request.Path.Value!.Contains("first", StringComparison.Ordinal))
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return false;
        };

        var run = await machine.RunAsync("inspect", Repository, "--metadata-url", host.MetadataUrl, "--root", root, "--timeout", "8s", "-o", "json");

        Assert.Equal(((int)Outcome.Unreachable, "unreachable"), (run.ExitCode, run.Json.GetProperty("outcome").GetString()));
        Assert.Equal(["1.0", "x1"], NamesIn(run, "targets"));
        Assert.Equal(["v2", "v3"], NamesIn(run, "refused"));
        // One thing is wrong, and it is said once, with the role.
        Assert.Contains("first does not verify: The server did not give it within 1 s", Assert.Single(run.Messages.Split('\n'), line => line.Contains('✗', StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_RoleThatAnEarlierRunSaw_IsWithheldNow_IsShownAsItIs()
    {
        await RunAsync("inspect", Repository);
        Sign(first, "v3");
        repository.Publish(first);
        repository.Files.Remove("2.first.json");

        var run = await RunAsync("inspect", Repository);

        Assert.Equal((int)Outcome.Untrusted, run.ExitCode);
        Assert.Equal(["1.0", "x1"], NamesIn(run, "targets"));
    }

    [Fact]
    public async Task Inspect_DamagedRoleAndExpiredRole_ShowsBoth()
    {
        repository.Expires = FixedTime.Start.AddHours(-1);
        repository.PublishOnly(second);
        repository.Expires = FixedTime.Start.AddDays(30);
        repository.Publish();
        Damage("withheld");

        var run = await RunAsync("inspect", Repository);

        Assert.Equal((int)Outcome.Untrusted, run.ExitCode);
        Assert.True(run.Json.GetProperty("expired").GetBoolean());
        Assert.True(run.Json.GetProperty("roles").EnumerateArray().Single(line => line.GetProperty("name").GetString() == "second").GetProperty("expired").GetBoolean());
        Assert.Equal(["1.0", "x1"], NamesIn(run, "targets"));
    }

    [Fact]
    public async Task Inspect_MoreRolesThanAreRead_SaysSoAndFails()
    {
        var key = TestKeys.New();
        var many = Enumerable.Range(0, 600).Select(number => repository.Delegate(second, $"below-{number}", ["x*"], keys: [key])).ToArray();
        foreach (var number in Enumerable.Range(0, 600))
            repository.Delegate(many[0], $"deeper-{number}", ["x*"], keys: [key]);
        repository.PublishOnly(many[0]);
        repository.Publish(second);

        var run = await RunAsync("inspect", Repository);

        Assert.Equal((int)Outcome.Untrusted, run.ExitCode);
        Assert.Contains("more than 1024 delegated roles", run.Messages, StringComparison.Ordinal);
        Assert.Contains("1.0", NamesIn(run, "targets"));
    }

    private void Damage(string damage)
    {
        switch (damage)
        {
            case "withheld":
                repository.Files.Remove("1.first.json");
                break;
            case "changed":
                repository.Files["1.first.json"] = [.. repository.Files["1.first.json"][..^1], (byte)' '];
                break;
            case "signed by somebody else":
                repository.Signers[first] = [TestKeys.New()];
                repository.Publish(first);
                break;
            case "never published":
                repository.Snapshot = repository.Snapshot with { Meta = repository.Snapshot.Meta.Where(listed => listed.Key != first).ToDictionary().AsReadOnly() };
                repository.Publish();
                break;
            default:
                host.Intercept = context =>
                {
                    var isRefused = context.Request.Path.Value!.Contains("first", StringComparison.Ordinal);
                    if (isRefused)
                        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                    return Task.FromResult(isRefused);
                };
                break;
        }
    }

    private void Sign(RoleName role, string tag) =>
        repository.AddTarget(role, tag, ImageTarget.Of(new Descriptor(MediaTypes.OciManifest, Digest.OfSha256(System.Text.Encoding.UTF8.GetBytes(tag)), 8), null));

    private Task<SignerRun> RunAsync(string command, string reference) =>
        machine.RunAsync(command, reference, "--metadata-url", host.MetadataUrl, "--root", root, "-o", "json");

    private async Task<(int ExitCode, string? Error)> VerifyAsync(string tag)
    {
        var run = await machine.RunAsync("verify", $"{Repository}:{tag}", "--no-registry", "--metadata-url", host.MetadataUrl, "--root", root, "-o", "json");
        return (run.ExitCode, run.ErrorCode);
    }

    private static List<string> NamesIn(SignerRun run, string member) => [.. run.Json.GetProperty(member).EnumerateArray().Select(target => target.GetProperty("name").GetString()!)];
}
