using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Commands;

public sealed class VerifyTests : IAsyncLifetime
{
    private const string Repository = SigningWorld.Repository;
    private SigningWorld world = null!;

    public async Task InitializeAsync()
    {
        world = await SigningWorld.WithRepositoryAsync();
        await world.SignAsync("1.0");
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Verify_Quiet_PrintsTheReferenceAlone()
    {
        var run = await world.Owner.RunAsync("verify", "-q", $"{Repository}:1.0", "--no-registry");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Messages);
        Assert.StartsWith($"{Repository}@sha256:", run.Results, StringComparison.Ordinal);
        Assert.Single(run.Results.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Verify_NothingPinned_IsRefusedUntilTofuIsAskedFor()
    {
        var verifier = world.NewMachine();

        var refused = await verifier.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "-o", "json");
        var tofu = await verifier.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "--tofu");
        var pinned = await verifier.RunAsync("verify", $"{Repository}:1.0", "--no-registry");

        Assert.Equal(((int)Outcome.Usage, "root-not-pinned"), (refused.ExitCode, refused.ErrorCode));
        Assert.Equal(0, tofu.ExitCode);
        Assert.Contains("Trusting the root", tofu.Messages, StringComparison.Ordinal);
        Assert.Equal(0, pinned.ExitCode);
    }

    [Fact]
    public async Task Verify_PinInTheSettings_IsUsedForItsRepositoriesOnly()
    {
        var verifier = world.NewMachine();
        verifier.WriteFile("home/pins/root.json", (await world.Owner.RunAsync("root", "export", Repository)).Results);
        verifier.Environment.Remove("SIGNER_SERVER");
        verifier.WriteFile("home/config.json", $$"""{ "server": "{{world.Server.Url}}", "roots": { "registry.example.com/team/*": "pins/root.json" } }""");

        var run = await verifier.RunAsync("verify", $"{Repository}:1.0", "registry.example.com/other/app:1.0", "--no-registry", "-o", "json");

        Assert.Equal(["verified", "usage"], run.Json.EnumerateArray().Select(result => result.GetProperty("outcome").GetString()));
        Assert.Equal((int)Outcome.Usage, run.ExitCode);
    }

    [Fact]
    public async Task Verify_OtherRoot_IsUntrusted()
    {
        await world.Owner.RunAsync("init", "registry.example.com/team/other");
        var verifier = world.NewMachine();
        var root = verifier.WriteFile("other.json", (await world.Owner.RunAsync("root", "export", "registry.example.com/team/other")).Results);

        var file = await verifier.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "--root", root, "-o", "json");
        var fingerprint = await verifier.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "--root", $"root:1:sha256:{new string('0', 64)}", "-o", "json");

        Assert.Equal((int)Outcome.Untrusted, file.ExitCode);
        Assert.Equal(((int)Outcome.Untrusted, "root-mismatch"), (fingerprint.ExitCode, fingerprint.ErrorCode));
    }

    [Fact]
    public async Task Verify_Offline_WorksFromTheCacheUntilItExpires()
    {
        var before = await world.NewMachine().RunAsync("verify", $"{Repository}:1.0", "--offline", "--root", $"root:1:sha256:{new string('0', 64)}", "-o", "json");
        await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--no-registry");
        world.Owner.Environment["SIGNER_SERVER"] = "https://127.0.0.1:1";

        var offline = await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--offline", "-o", "json");
        world.Time.Now = world.Time.Now.AddDays(30);
        var expired = await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--offline", "-o", "json");
        var online = await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "-o", "json");

        Assert.Equal("root-not-pinned", before.ErrorCode);
        Assert.Equal(0, offline.ExitCode);
        Assert.Equal(((int)Outcome.Stale, "expired"), (expired.ExitCode, expired.ErrorCode));
        Assert.Equal((int)Outcome.Unreachable, online.ExitCode);
    }

    [Fact]
    public async Task Verify_MaxAge_RefusesOlderTrustData()
    {
        world.Time.Now = world.Time.Now.AddHours(3);

        var strict = await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "--max-age", "2h", "-o", "json");
        var loose = await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "--max-age", "4h", "-o", "json");

        Assert.Equal(((int)Outcome.Stale, "too-old"), (strict.ExitCode, strict.ErrorCode));
        Assert.Equal(0, loose.ExitCode);
    }

    [Fact]
    public async Task Verify_ClockThatWentBack_NamesTheFileToRemoveIfItIsRightNow()
    {
        await world.Owner.SucceedsAsync("verify", $"{Repository}:1.0", "--no-registry");
        world.Time.Now = world.Time.Now.AddDays(-3);

        var refused = await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "-o", "json");
        var file = refused.Json[0].GetProperty("error").GetProperty("detail").GetString()!.Split(": ")[^1];
        Assert.StartsWith(world.Owner.Home, file, StringComparison.Ordinal);
        File.Delete(file);

        Assert.Equal("clock-went-back", refused.ErrorCode);
        Assert.Equal(0, (await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--no-registry")).ExitCode);
    }

    [Fact]
    public async Task Verify_SeveralImages_EndsWithTheWorst()
    {
        var moved = world.Layout("moved", "other content");

        var run = await world.Owner.RunAsync("verify", moved, $"{Repository}:2.0", $"{Repository}:1.0", "--as", $"{Repository}:1.0", "--no-registry", "-o", "json");

        Assert.Equal(["digest-mismatch", "unsigned", "verified"], run.Json.EnumerateArray().Select(result => result.GetProperty("outcome").GetString()));
        Assert.Equal((int)Outcome.DigestMismatch, run.ExitCode);
    }

    [Fact]
    public async Task Inspect_Repository_ShowsTagsAndRoles()
    {
        var text = await world.Owner.RunAsync("ls", Repository);
        var json = (await world.Owner.RunAsync("inspect", Repository, "-o", "json")).Json;
        var missing = await world.Owner.RunAsync("inspect", $"{Repository}:9.9", "-o", "json");

        Assert.Equal(0, text.ExitCode);
        Assert.Contains("1.0  sha256:", text.Results, StringComparison.Ordinal);
        Assert.Equal(["root", "timestamp", "snapshot", "targets"], json.GetProperty("roles").EnumerateArray().Select(role => role.GetProperty("name").GetString()));
        Assert.Equal("1.0", json.GetProperty("targets")[0].GetProperty("name").GetString());
        Assert.False(json.GetProperty("expired").GetBoolean());
        Assert.Equal("not-signed", missing.ErrorCode);
    }

    [Fact]
    public async Task Inspect_Digest_ShowsTheTagsThatPointToIt()
    {
        var digest = (await world.SignAsync("1.1")).Json[0].GetProperty("digest").GetString()!;
        await world.SignAsync("2.0", "other content");

        var run = await world.Owner.RunAsync("inspect", $"{Repository}@{digest}", "-o", "json");
        var missing = await world.Owner.RunAsync("inspect", $"{Repository}@sha256:{new string('0', 64)}");

        Assert.Equal(["1.0", "1.1"], run.Json.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("name").GetString()));
        Assert.Equal((int)Outcome.Unsigned, missing.ExitCode);
        Assert.DoesNotContain("sha256-", missing.Messages, StringComparison.Ordinal);
    }
}
