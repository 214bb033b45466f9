using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Notary;

/// <summary>Delegated Notary roles that do not verify: inspect shows the rest and fails; verify does what it did.</summary>
public sealed class InspectDamagedRolesTests : IDisposable
{
    private const string Repository = "registry.example.com/team/app";
    private static readonly RoleName Releases = NotaryRepository.Role("targets/releases");

    private readonly NotaryRepository repository = new(FixedTime.Start);
    private readonly SignerMachine machine = new() { Time = new FixedTime() };

    public InspectDamagedRolesTests()
    {
        repository.Init();
        repository.Add(RoleName.Targets, "1.0");
        repository.Delegate(RoleName.Targets, Releases, TestKeys.New(), "");
        repository.Add(Releases, "2.0");
        repository.Publish(repository.File(RoleName.Targets), repository.File(Releases));
    }

    public void Dispose() => machine.Dispose();

    [Fact]
    public async Task Inspect_KeyOfARoleWasReplaced_ShowsWhatVerifiersTakeAndFails()
    {
        repository.Delegate(RoleName.Targets, Releases, TestKeys.New(), "");
        repository.Publish(repository.File(RoleName.Targets));
        await using var server = await ServeAsync(repository.Serve());

        var run = await RunAsync(server, "inspect", Repository);
        var verified = await RunAsync(server, "verify", $"{Repository}:1.0", "--no-registry");

        Assert.Equal(((int)Outcome.Untrusted, "1.0"), (run.ExitCode, Assert.Single(run.Json.GetProperty("targets").EnumerateArray()).GetProperty("name").GetString()));
        Assert.Equal("threshold-not-met", ErrorOf(run));
        Assert.Equal(0, run.Json.GetProperty("refused").GetArrayLength());
        Assert.Equal(0, verified.ExitCode);
    }

    [Fact]
    public async Task Inspect_RoleIsWithheld_MarksEveryTargetAndFails_AndVerifyStillRefuses()
    {
        var files = repository.Serve();
        files.Files.Remove(files.Files.Keys.Single(file => file.StartsWith("targets/releases.", StringComparison.Ordinal)));
        await using var server = await ServeAsync(files);

        var run = await RunAsync(server, "inspect", Repository);
        var verified = await RunAsync(server, "verify", $"{Repository}:1.0", "--no-registry");

        Assert.Equal(((int)Outcome.Untrusted, "metadata-unknown"), (run.ExitCode, ErrorOf(run)));
        Assert.Equal(0, run.Json.GetProperty("targets").GetArrayLength());
        Assert.Equal("1.0", Assert.Single(run.Json.GetProperty("refused").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(((int)Outcome.Untrusted, "metadata-unknown"), (verified.ExitCode, verified.ErrorCode));
    }

    [Fact]
    public async Task Inspect_RoleThatNobodySigned_IsNoProblem()
    {
        repository.Delegate(RoleName.Targets, NotaryRepository.Role("targets/alice"), TestKeys.New(), "");
        repository.Publish(repository.File(RoleName.Targets));
        await using var server = await ServeAsync(repository.Serve());

        var run = await RunAsync(server, "inspect", Repository);

        Assert.Equal((0, 2), (run.ExitCode, run.Json.GetProperty("targets").GetArrayLength()));
    }

    private static Task<HostileServer> ServeAsync(MemoryMetadata files) => HostileServer.StartAsync(async context =>
    {
        var prefix = $"/v2/{Repository}/_trust/tuf/";
        if (context.Request.Path.Value is { } path && path.StartsWith(prefix, StringComparison.Ordinal) && files.Read(path[prefix.Length..]) is { } file)
            await context.Response.Body.WriteAsync(file);
        else
            context.Response.StatusCode = 404;
    });

    private async Task<SignerRun> RunAsync(HostileServer server, params string[] arguments)
    {
        machine.Environment["SIGNER_SERVER"] = server.Address.ToString();
        var root = machine.WriteFile("root.json", System.Text.Encoding.UTF8.GetString(repository.Roots[0]));
        return await machine.RunAsync([.. arguments, "--root", root, "-o", "json"]);
    }

    private static string ErrorOf(SignerRun run) =>
        Assert.Single(run.Json.GetProperty("roles").EnumerateArray(), role => role.TryGetProperty("error", out _)).GetProperty("error").GetProperty("code").GetString()!;
}
