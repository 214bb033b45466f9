using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

/// <summary>Several runs of one user, who share the cache of a repository.</summary>
public sealed class VerifyTogetherTests : IAsyncLifetime
{
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SigningWorld world = null!;
    private HostileServer registry = null!;
    private string repository = null!;

    public async Task InitializeAsync()
    {
        world = await SigningWorld.StartAsync();
        registry = await HostileServer.StartAsync(HangAsync);
        repository = $"{registry.Authority}/team/app";
    }

    public async Task DisposeAsync()
    {
        released.TrySetResult();
        await registry.DisposeAsync();
        await world.DisposeAsync();
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Verify_RegistryHangs_OtherRunsOnTheSameCacheGoOn(string format)
    {
        await InitAsync(format);

        var waiting = world.Owner.RunAsync("verify", $"{repository}:1.0", "-o", "json");
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var other = await world.Owner.RunAsync("verify", $"{repository}:1.0", "--no-registry", "--timeout", "20s", "-o", "json");
        await SignAsync("2.0");
        var wasWaiting = !waiting.IsCompleted;
        released.SetResult();
        var first = await waiting;

        Assert.Equal((0, true), (other.ExitCode, wasWaiting));
        // What the registry says at last still decides.
        Assert.Equal(((int)Outcome.DigestMismatch, "image-gone"), (first.ExitCode, first.ErrorCode));
        Assert.False(first.Json[0].TryGetProperty("pinned", out _));
    }

    [Fact]
    public async Task Doctor_RegistryHangs_OtherRunsOnTheSameCacheGoOn()
    {
        await InitAsync("tuf");

        var waiting = world.Owner.RunAsync("doctor", repository, "--registry", "-o", "json");
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var other = await world.Owner.RunAsync("verify", $"{repository}:1.0", "--no-registry", "--timeout", "20s", "-o", "json");
        var wasWaiting = !waiting.IsCompleted;
        released.SetResult();
        var examined = await waiting;

        Assert.Equal((0, true), (other.ExitCode, wasWaiting));
        Assert.Contains(examined.Json[0].GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("code").GetString() is "missing-tag" or "registry");
    }

    [Fact]
    public async Task Verify_RegistryHangsUntilTheEnd_IsNeverVerified()
    {
        await InitAsync("tuf");

        var run = await world.Owner.RunAsync("verify", $"{repository}:1.0", "--timeout", "3s", "-o", "json");

        Assert.Equal(((int)Outcome.Unreachable, "registry-unreachable"), (run.ExitCode, run.ErrorCode));
        Assert.Contains(registry.Authority, run.Json[0].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(["signed pass", "fresh pass", "registry fail"], run.Json[0].GetProperty("checks").EnumerateArray().Select(check => $"{check.GetProperty("name")} {check.GetProperty("result")}"));
        Assert.Empty(run.Json[0].TryGetProperty("pinned", out var pinned) ? pinned.GetString()! : "");
        Assert.True(asked.Task.IsCompleted);
    }

    // Processes of their own, as CI jobs are; the clock of these is the real one.
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Verify_ProcessesShareACacheWhileTheRepositoryMovesOn_NoneGoesBack(string format)
    {
        world.Time.Now = DateTimeOffset.UtcNow;
        await InitAsync(format);
        using var ended = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => ReadOnAsync(ended.Token)).ToArray();

        for (var tag = 2; tag < 8; tag++)
            Assert.Equal(0, (await SignAsync($"{tag}.0")).ExitCode);
        await ended.CancelAsync();
        var seen = await Task.WhenAll(readers);
        var last = await VerifyInProcessAsync("7.0");

        Assert.All(seen, versions => Assert.Equal(versions.Order(), versions));
        Assert.All(seen, Assert.NotEmpty);
        Assert.Equal(0, last.ExitCode);
        Assert.True(VersionOf(last.Results) >= seen.Max(versions => versions[^1]));
        Assert.Empty(Directory.GetFiles(Path.Combine(world.Owner.Home, "cache"), "*.new", SearchOption.AllDirectories));
    }

    private async Task<List<long>> ReadOnAsync(CancellationToken ended)
    {
        var versions = new List<long>();
        while (!ended.IsCancellationRequested || versions.Count == 0)
        {
            var run = await VerifyInProcessAsync("1.0");
            Assert.True(run.ExitCode == 0, run.Results);
            versions.Add(VersionOf(run.Results));
        }
        return versions;
    }

    private async Task<(int ExitCode, string Results)> VerifyInProcessAsync(string tag)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SignerApp).Assembly.Location, "verify", $"{repository}:{tag}", "--no-registry", "-o", "json"]) { RedirectStandardOutput = true };
        foreach (var (name, value) in world.Owner.Environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var results = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, results);
    }

    private static long VersionOf(string results) => JsonDocument.Parse(results).RootElement[0].GetProperty("metadata").GetProperty("targets").GetProperty("version").GetInt64();

    private async Task InitAsync(string format)
    {
        world.Owner.AddQuickKey("root-key", "root", repository);
        world.Owner.AddQuickKey("targets-key", "targets", repository);
        await world.Owner.SucceedsAsync("init", repository, "--format", format);
        Assert.Equal(0, (await SignAsync("1.0")).ExitCode);
    }

    private Task<SignerRun> SignAsync(string tag) => world.Owner.RunAsync("sign", world.Layout("layout-" + tag, tag), "--as", $"{repository}:{tag}", "-y");

    private async Task HangAsync(HttpContext context)
    {
        asked.TrySetResult();
        await released.Task.WaitAsync(context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
