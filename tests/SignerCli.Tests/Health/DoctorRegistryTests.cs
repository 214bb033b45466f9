using System.Text;
using Microsoft.AspNetCore.Http;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Health;

/// <summary>What a real registry has, against what is signed.</summary>
public sealed class DoctorRegistryTests : IAsyncLifetime
{
    private SigningWorld world = null!;
    private RegistryFixture registry = null!;

    public async Task InitializeAsync()
    {
        world = await SigningWorld.StartAsync();
        registry = await RegistryFixture.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await registry.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Doctor_Registry_NamesTagsThatAreUnsignedMovedOrGone()
    {
        var (reference, _) = registry.PushImage(new Dictionary<string, string> { ["app"] = "one" }, "team/app", "1.0");
        var repository = reference.Repository.Value;
        world.Owner.AddQuickKey("root-key", "root", repository);
        world.Owner.AddQuickKey("targets-key", "targets", repository);
        await world.Owner.SucceedsAsync("init", repository);
        await world.Owner.SucceedsAsync("sign", reference.ToString(), "-y");
        var calendar = Path.Combine(world.Owner.Root, "expiries.ics");

        var clean = await world.Owner.SucceedsAsync("doctor", repository, "--registry", "--ics", calendar, "-o", "json");
        registry.PushImage(new Dictionary<string, string> { ["app"] = "two" }, "team/app", "2.0");
        var unsigned = await world.Owner.RunAsync("doctor", repository, "--registry", "-o", "json");
        await world.Owner.SucceedsAsync("sign", world.Layout("gone", "gone"), "--as", $"{repository}:3.0", "-y");
        registry.PushImage(new Dictionary<string, string> { ["app"] = "moved" }, "team/app", "1.0");
        var moved = await world.Owner.RunAsync("doctor", repository, "--registry", "-o", "json");

        Assert.DoesNotContain("tag", CodesOf(clean));
        Assert.Contains("BEGIN:VEVENT", await File.ReadAllTextAsync(calendar, Encoding.UTF8), StringComparison.Ordinal);
        Assert.Equal(((int)Outcome.Unsigned, "unsigned-tag"), (unsigned.ExitCode, CodesOf(unsigned)));
        Assert.Contains("is in the registry, but not signed: ", unsigned.Results, StringComparison.Ordinal);
        Assert.Equal(((int)Outcome.DigestMismatch, "moved-tag unsigned-tag missing-tag"), (moved.ExitCode, CodesOf(moved)));
    }

    [Fact]
    public async Task Doctor_MovedTagThatTheRegistryDoesNotList_IsFound()
    {
        await using var hostile = await HostileServer.StartAsync(AnswerAsync);
        var repository = await SignAsync(hostile, "1.0", "gone");

        var run = await world.Owner.RunAsync("doctor", repository, "--registry", "-o", "json");
        var verified = await world.Owner.RunAsync("verify", $"{repository}:1.0");

        Assert.Equal((verified.ExitCode, "moved-tag missing-tag"), (run.ExitCode, CodesOf(run)));
        Assert.Equal((int)Outcome.DigestMismatch, run.ExitCode);
    }

    [Theory]
    [InlineData("unavailable")]
    [InlineData("silent")]
    public async Task Doctor_TagThatCannotBeAskedFor_HidesNothingThatWasFound(string broken)
    {
        await using var hostile = await HostileServer.StartAsync(AnswerAsync);
        // On both sides of the one without an answer, except where that one takes all the time.
        var repository = await SignAsync(hostile, "1.0", broken, broken == "silent" ? "a" : "z");

        var run = await world.Owner.RunAsync("doctor", repository, "--registry", "--timeout", "4s", "-o", "json");

        Assert.Equal((int)Outcome.DigestMismatch, run.ExitCode);
        Assert.Equal("moved-tag moved-tag", CodesOf(run));
        Assert.Contains(run.Json[0].GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("code").GetString() == "registry");
        Assert.Equal(["root", "targets", "snapshot", "timestamp"], run.Json[0].GetProperty("roles").EnumerateArray().Select(role => role.GetProperty("name").GetString()));
        Assert.Contains(run.Json[0].GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("code").GetString() == "no-backup");
    }

    // A registry that lists nothing and serves one manifest for every tag, except for tags that say what is wrong with them.
    private static async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.EndsWith("/silent", StringComparison.Ordinal))
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        context.Response.StatusCode = path.EndsWith("/unavailable", StringComparison.Ordinal) ? 503 : path.EndsWith("/gone", StringComparison.Ordinal) ? 404 : 200;
        if (context.Response.StatusCode != 200)
            return;
        var isList = path.EndsWith("/tags/list", StringComparison.Ordinal);
        context.Response.ContentType = isList ? "application/json" : "application/vnd.oci.image.manifest.v1+json";
        await context.Response.WriteAsync(isList ? """{"name":"team/app","tags":[]}""" : $$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{{new string('a', 64)}}","size":2},"layers":[]}
            """);
    }

    private async Task<string> SignAsync(HostileServer host, params string[] tags)
    {
        var repository = $"{host.Authority}/team/app";
        world.Owner.AddQuickKey("root-key", "root", repository);
        world.Owner.AddQuickKey("targets-key", "targets", repository);
        await world.Owner.SucceedsAsync("init", repository);
        foreach (var tag in tags)
            await world.Owner.SucceedsAsync("sign", world.Layout(tag, tag), "--as", $"{repository}:{tag}", "-y");
        return repository;
    }

    private static string CodesOf(SignerRun run) =>
        string.Join(' ', run.Json[0].GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString()).Where(code => code!.EndsWith("-tag", StringComparison.Ordinal)));
}
