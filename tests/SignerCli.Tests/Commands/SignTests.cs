using System.Text.Json;
using System.Text.Json.Nodes;
using TrustService.Cli.Home;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Commands;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SignTests : IAsyncLifetime
{
    private const string Repository = SigningWorld.Repository;
    private SigningWorld world = null!;

    public async Task InitializeAsync() => world = await SigningWorld.WithRepositoryAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Sign_OneImage_PrintsWhatWasSignedAndVerifyWhatMayBePulled()
    {
        var layout = world.Layout("app", "hello");

        var signed = await world.Owner.RunAsync("sign", layout, "--as", $"{Repository}:1.0", "-y");
        var verified = await world.Owner.RunAsync("verify", layout, "--as", $"{Repository}:1.0");
        var json = (await world.Owner.RunAsync("verify", layout, "--as", $"{Repository}:1.0", "-o", "json")).Json[0];

        Assert.Equal((0, 0), (signed.ExitCode, verified.ExitCode));
        Assert.Equal($"{Repository}:1.0@{json.GetProperty("digest").GetString()}\n", signed.Results);
        Assert.Equal($"{json.GetProperty("pinned").GetString()}\n", verified.Results);
        Assert.Equal("verified", json.GetProperty("outcome").GetString());
        Assert.Equal(["pass", "pass", "pass"], json.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("result").GetString()));
        Assert.Equal(["root", "timestamp", "snapshot", "targets"], json.GetProperty("metadata").EnumerateObject().Select(role => role.Name));
    }

    [Fact]
    public async Task Sign_SeveralImages_IsOnePublish()
    {
        var run = await world.Owner.RunAsync("sign", world.Layout("a", "a"), world.Layout("b", "b"), "--as", $"{Repository}:1", "--as", $"{Repository}:2", "-y", "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Json.EnumerateArray(), result => Assert.Equal("signed", result.GetProperty("outcome").GetString()));
        Assert.All(run.Json.EnumerateArray(), result => Assert.Equal(2, VersionOf(result)));
    }

    [Fact]
    public async Task Sign_SameAgain_ChangesNothingAndNeedsNoKey()
    {
        await world.SignAsync("1.0");
        world.Owner.Environment.Remove("SIGNER_TARGETS_PASSPHRASE");

        var again = await world.SignAsync("1.0");

        Assert.Equal("unchanged", again.Json[0].GetProperty("outcome").GetString());
        Assert.Equal(2, VersionOf(again.Json[0]));
    }

    [Fact]
    public async Task Sign_DryRun_PublishesNothing()
    {
        var planned = await world.Owner.RunAsync("sign", world.Layout("a", "a"), "--as", $"{Repository}:1", "--dry-run", "-o", "json");
        var verified = await world.Owner.RunAsync("verify", $"{Repository}:1", "--no-registry", "-o", "json");

        Assert.Equal("planned", planned.Json[0].GetProperty("outcome").GetString());
        Assert.Equal("not-signed", verified.ErrorCode);
    }

    [Fact]
    public async Task Case47_TagMovedBeforeSigning_ExpectedDigestRefuses()
    {
        var built = world.Builder("app").AddImage("1.0", new Dictionary<string, string> { ["app"] = "built" });
        var moved = world.Layout("moved", "pushed by somebody else");

        var refused = await world.Owner.RunAsync("sign", moved, "--as", $"{Repository}:1.0", "--expect-digest", built.Digest.ToString(), "-y", "-o", "json");
        var named = await world.Owner.RunAsync("sign", moved, "--as", $"{Repository}:1.0@{built.Digest}", "-y", "-o", "json");
        var nothing = await world.Owner.RunAsync("inspect", Repository, "-o", "json");

        Assert.Equal(((int)Outcome.DigestMismatch, "digest-mismatch"), (refused.ExitCode, refused.ErrorCode));
        Assert.Equal("digest-mismatch", named.ErrorCode);
        Assert.Equal(0, nothing.Json.GetProperty("targets").GetArrayLength());
    }

    [Fact]
    public async Task Case47_Resolve_HappensOnceAndIsShownInFull()
    {
        world.Owner.Terminal.Answer("y");
        var run = await world.Owner.RunAsync("sign", world.Layout("app", "hello"), "--as", $"{Repository}:1.0");

        var digest = run.Results.Trim().Split('@')[1];
        Assert.Equal(1, run.Messages.Split('\n').Count(line => line.StartsWith("Resolved", StringComparison.Ordinal)));
        Assert.Contains($"→ {digest}", run.Messages, StringComparison.Ordinal);
        Assert.Contains("1.0", Assert.Single(world.Owner.Terminal.Questions), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"schemaVersion":1,"name":"a","tag":"b","fsLayers":[],"history":[]}""", "schema 1")]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"x/y","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":1},"layers":[{"mediaType":"x/y","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":1,"urls":["https://evil.example.com"]}]}""", "urls")]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","manifests":[],"config":{},"layers":[]}""", "ambiguous")]
    public async Task Case48_ManifestThatBindsNothing_IsNotSigned(string manifest, string reason)
    {
        world.Builder("bad").AddManifest("1.0", "application/vnd.oci.image.manifest.v1+json", JsonNode.Parse(manifest)!);

        var run = await world.Owner.RunAsync("sign", $"oci:{Path.Combine(world.Owner.Root, "bad")}:1.0", "--as", $"{Repository}:1.0", "-y", "-o", "json");

        Assert.Equal("invalid-manifest", run.ErrorCode);
        Assert.Equal($"{Repository}:1.0", run.Json[0].GetProperty("reference").GetString());
        Assert.Contains(reason, run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_IndexRecursive_SignsEveryPlatformByDigest()
    {
        var directory = world.Builder("multi").With(builder => builder.AddIndex("1.0", new Dictionary<string, string> { ["app"] = "x" }, "linux/amd64", "linux/arm64"));

        var run = await world.Owner.RunAsync("sign", $"oci:{directory}:1.0", "--as", $"{Repository}:1.0", "--recursive", "-y", "-o", "json");
        var platforms = run.Json[0].GetProperty("platforms").EnumerateArray().Select(digest => digest.GetString()).ToList();
        var verified = await world.Owner.RunAsync(["verify", .. platforms.Select(digest => $"{Repository}@{digest}"), "-o", "json"]);

        Assert.Equal(2, platforms.Count);
        Assert.Equal(0, verified.ExitCode);
    }

    [Fact]
    public async Task Sign_OneRepositoryRefused_TheOtherIsSignedAndBothAreReported()
    {
        var run = await world.Owner.RunAsync("sign", world.Layout("a", "a"), world.Layout("b", "b"), "--as", $"{Repository}:1", "--as", "registry.example.com/team/unknown:1", "-y", "-o", "json");

        Assert.Equal((int)Outcome.Usage, run.ExitCode);
        Assert.Equal(["signed", "usage"], run.Json.EnumerateArray().Select(result => result.GetProperty("outcome").GetString()));
        Assert.Equal("root-not-pinned", run.Json[1].GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Sign_OnAnotherMachine_NeedsRootAndKey()
    {
        var ci = world.NewMachine();
        var root = ci.WriteFile("root.json", (await world.Owner.RunAsync("root", "export", Repository)).Results);
        ci.Environment["CI_KEY"] = File.ReadAllText(Directory.GetFiles(world.Owner.Keys, "targets-*.pem").Single());
        ci.Environment["SIGNER_TARGETS_PASSPHRASE"] = "the targets passphrase";
        string[] sign = ["sign", world.Layout("a", "a"), "--as", $"{Repository}:ci", "-y", "-o", "json"];

        var noRoot = await ci.RunAsync(sign);
        var noKey = await ci.RunAsync([.. sign, "--root", root]);
        var signed = await ci.RunAsync([.. sign, "--root", root, "--key", "env://CI_KEY"]);

        Assert.Equal("root-not-pinned", noRoot.ErrorCode);
        Assert.Equal("key-not-found", noKey.ErrorCode);
        Assert.Equal("signed", signed.Json[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Sign_KeyOfAnotherRole_IsRefused()
    {
        var rootKey = Directory.GetFiles(world.Owner.Keys, "root-*.pem").Single();
        world.Owner.Environment["SIGNER_TARGETS_PASSPHRASE"] = "the root passphrase";

        var run = await world.Owner.RunAsync("sign", world.Layout("a", "a"), "--as", $"{Repository}:1", "--key", rootKey, "-y", "-o", "json");

        Assert.Equal("key-not-found", run.ErrorCode);
    }

    [Fact]
    public async Task Case25_TargetsExpired_InspectShowsThemAndTheOwnerRenewsThem()
    {
        await world.SignAsync("1.0");
        world.Time.Now = world.Time.Now.AddDays(366);
        await RenewOnlineRolesAsync();

        var stale = await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "-o", "json");
        var shown = await world.Owner.RunAsync("inspect", Repository);
        var json = await world.Owner.RunAsync("inspect", Repository, "-o", "json");
        var renewed = await world.SignAsync("1.0");
        var fresh = await world.Owner.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "-o", "json");

        Assert.Equal(((int)Outcome.Stale, "expired"), (stale.ExitCode, stale.ErrorCode));
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("EXPIRED", shown.Results, StringComparison.Ordinal);
        Assert.True(json.Json.GetProperty("expired").GetBoolean());
        Assert.Equal("signed", renewed.Json[0].GetProperty("outcome").GetString());
        Assert.Contains("renews", renewed.Messages, StringComparison.Ordinal);
        Assert.Equal("verified", fresh.Json[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Revoke_Tag_IsRefusedByVerifiersAndWarnsOfOtherNames()
    {
        await world.SignAsync("1.0");
        await world.SignAsync("latest");

        var missing = await world.Owner.RunAsync("revoke", $"{Repository}:2.0", "-y", "-o", "json");
        var revoked = await world.Owner.RunAsync("revoke", $"{Repository}:1.0", "-y", "-o", "json");
        var verified = await world.Owner.RunAsync("verify", $"{Repository}:1.0", $"{Repository}:latest", "--no-registry", "-o", "json");
        var all = await world.Owner.RunAsync("revoke", Repository, "--all", "-y", "-o", "json");

        Assert.Equal("not-signed", missing.ErrorCode);
        Assert.Equal("revoked", revoked.Json[0].GetProperty("outcome").GetString());
        Assert.Contains("stays signed as latest", revoked.Messages, StringComparison.Ordinal);
        Assert.Equal((int)Outcome.Unsigned, verified.ExitCode);
        Assert.Equal(["unsigned", "verified"], verified.Json.EnumerateArray().Select(result => result.GetProperty("outcome").GetString()));
        Assert.Equal($"{Repository}:latest", all.Json[0].GetProperty("reference").GetString());
    }

    [Fact]
    public async Task Revoke_IndexSignedRecursively_RevokesThePlatformsThatNoOtherIndexHas()
    {
        var first = await SignIndexAsync("1.0", "linux/amd64", "linux/arm64");
        var second = await SignIndexAsync("2.0", "linux/amd64", "linux/s390x");
        var shared = Assert.Single(first.Intersect(second));
        var again = await world.Owner.RunAsync("sign", $"oci:{Path.Combine(world.Owner.Root, "2.0")}:1.0", "--as", $"{Repository}:2.0", "--recursive", "-y", "-o", "json");

        var revoked = await world.Owner.RunAsync("revoke", $"{Repository}:1.0", "-y", "-o", "json");
        var afterRevoke = await SignedAsync();
        await SignIndexAsync("2.0", "linux/s390x");
        var afterSign = await SignedAsync();

        Assert.Equal("unchanged", again.Json[0].GetProperty("outcome").GetString());
        Assert.Equal([$"{Repository}:1.0", $"{Repository}@{Assert.Single(first.Except(second))}"], revoked.Json.EnumerateArray().Select(result => result.GetProperty("reference").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(["2.0", .. second.Select(NameOf).Order(StringComparer.Ordinal)], afterRevoke);
        Assert.DoesNotContain(NameOf(shared), afterSign);
        Assert.Equal(2, afterSign.Count);
    }

    [Fact]
    public async Task Revoke_IndexWithAPlatformSignedByItself_WarnsThatItStays()
    {
        var platforms = await SignIndexAsync("1.0", "linux/amd64", "linux/arm64");
        var alone = world.Builder("alone").AddImage("1.0", new Dictionary<string, string> { ["app"] = "x", ["platform"] = "linux/amd64" }, "linux/amd64");
        var signed = await world.Owner.RunAsync("sign", $"oci:{Path.Combine(world.Owner.Root, "alone")}:1.0", "--as", $"{Repository}@{platforms[0]}", "-y");

        var revoked = await world.Owner.RunAsync("revoke", $"{Repository}:1.0", "-y");

        Assert.Equal((0, platforms[0]), (signed.ExitCode, alone.Digest.ToString()));
        Assert.Contains($"revoke those that are platforms of it: {platforms[0]}", revoked.Messages, StringComparison.Ordinal);
        Assert.Equal([NameOf(platforms[0])], await SignedAsync());
    }

    [Fact]
    public async Task Case59_Signing_NeverPrintsASecret()
    {
        await world.Owner.RunAsync("sign", world.Layout("a", "a"), "--as", $"{Repository}:1", "-y", "-v");
        world.Owner.Environment["SIGNER_TARGETS_PASSPHRASE"] = "not the targets passphrase";
        await world.Owner.RunAsync("sign", world.Layout("b", "b"), "--as", $"{Repository}:2", "-y", "-v");

        Assert.DoesNotContain("the targets passphrase", world.Owner.Transcript.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("the root passphrase", world.Owner.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case59_EveryDirectoryOfTheHome_IsPrivate()
    {
        await world.SignAsync("1.0");

        foreach (var directory in (string[])["", "keys", "roots", "cache"])
            Assert.Equal(PrivateFiles.DirectoryMode700, File.GetUnixFileMode(Path.Combine(world.Owner.Home, directory)));
    }

    private async Task<List<string>> SignIndexAsync(string tag, params string[] platforms)
    {
        var directory = Path.Combine(world.Owner.Root, tag);
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        world.Builder(tag).AddIndex("1.0", new Dictionary<string, string> { ["app"] = "x" }, platforms);
        var run = await world.Owner.RunAsync("sign", $"oci:{directory}:1.0", "--as", $"{Repository}:{tag}", "--recursive", "-y", "-o", "json");
        return [.. run.Json[0].GetProperty("platforms").EnumerateArray().Select(digest => digest.GetString()!)];
    }

    private async Task<List<string>> SignedAsync() =>
        [.. (await world.Owner.RunAsync("inspect", Repository, "-o", "json")).Json.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("name").GetString()!)];

    private static string NameOf(string digest) => digest.Replace(':', '-');

    // What the server's background work does before roles expire.
    private async Task RenewOnlineRolesAsync() => await world.Server.RenewAsync();

    private static long VersionOf(JsonElement result) => result.GetProperty("metadata").GetProperty("targets").GetProperty("version").GetInt64();
}
