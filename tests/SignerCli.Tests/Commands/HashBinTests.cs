using System.Globalization;
using System.Text.Json;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Commands;

/// <summary>Repositories whose targets are spread over hash bins; each test has one of its own on a server for all.</summary>
public sealed class HashBinTests(HashBinTests.World shared) : IClassFixture<HashBinTests.World>
{
    private static int repositories;

    private readonly SigningWorld world = shared.Signing;
    private readonly string repository = string.Create(CultureInfo.InvariantCulture, $"registry.example.com/bins/app{Interlocked.Increment(ref repositories)}");

    [Fact]
    public async Task Sign_InBins_SignsOneBinAndEveryVerifierFindsIt()
    {
        var begun = await InitAsync("--bins", "16", "-o", "json");
        var signed = await SignAsync("1.0", "a");
        var again = await SignAsync("1.0", "a");
        var verified = await DoAsync("verify", $"{repository}:1.0", $"{repository}@{DigestOf(signed)}", "--no-registry", "-o", "json");
        var other = await world.Owner.RunAsync("verify", $"{repository}:2.0", "--no-registry", "-o", "json");
        var shown = await InspectAsync();
        var one = await DoAsync("inspect", $"{repository}:1.0", "-o", "json");
        var none = await world.Owner.RunAsync("inspect", $"{repository}:2.0", "-o", "json");
        var revoked = await DoAsync("revoke", $"{repository}:1.0", "-y", "-o", "json");
        var after = await world.Owner.RunAsync("verify", $"{repository}:1.0", "--no-registry", "-o", "json");

        Assert.Equal(16, begun.GetProperty("bins").GetInt32());
        var role = Assert.Single(signed[0].GetProperty("metadata").EnumerateObject());
        Assert.Matches(@"\Abin-[0-9a-f]\z", role.Name);
        Assert.Equal(2, role.Value.GetProperty("version").GetInt64());
        Assert.Equal("unchanged", again[0].GetProperty("outcome").GetString());
        Assert.Equal(["verified", "verified"], verified.EnumerateArray().Select(result => result.GetProperty("outcome").GetString()));
        Assert.Equal("not-signed", other.ErrorCode);
        Assert.Equal("1.0", Assert.Single(shown.Keys));
        Assert.Equal("1.0", Assert.Single(one.GetProperty("targets").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("not-signed", none.ErrorCode);
        Assert.Equal(role.Name, Assert.Single(revoked[0].GetProperty("metadata").EnumerateObject()).Name);
        Assert.Equal((int)Outcome.Unsigned, after.ExitCode);
    }

    [Theory]
    [InlineData("1", "tuf", "power of two")]
    [InlineData("12", "tuf", "power of two")]
    [InlineData("32768", "tuf", "power of two")]
    [InlineData("16", "notary", "no hash bins")]
    public async Task Init_BinsThatCannotBe_AreRefusedBeforeAKeyIsMade(string bins, string format, string reason)
    {
        var keys = Directory.Exists(world.Owner.Keys) ? Directory.GetFiles(world.Owner.Keys).Length : 0;

        var run = await world.Owner.RunAsync("init", repository, "--bins", bins, "--format", format, "-o", "json");

        Assert.Equal("usage", run.ErrorCode);
        Assert.Contains(reason, run.Messages, StringComparison.Ordinal);
        Assert.Equal(keys, Directory.Exists(world.Owner.Keys) ? Directory.GetFiles(world.Owner.Keys).Length : 0);
    }

    [Fact]
    public async Task Revoke_IndexSignedRecursively_RevokesPlatformsInOtherBins()
    {
        _ = await InitAsync("--bins", "64");
        var first = await SignIndexAsync("1.0", "linux/amd64", "linux/arm64");
        var second = await SignIndexAsync("2.0", "linux/amd64", "linux/s390x");
        var signed = await InspectAsync();

        var revoked = await DoAsync("revoke", $"{repository}:1.0", "-y", "-o", "json");
        var afterRevoke = await InspectAsync();
        await SignIndexAsync("2.0", "linux/s390x");
        var afterSign = await InspectAsync();

        Assert.Equal(5, signed.Count);
        Assert.True(signed.Values.Select(target => target.Role).Distinct().Count() > 1);
        Assert.Equal([$"{repository}:1.0", $"{repository}@{Assert.Single(first.Except(second))}"], revoked.EnumerateArray().Select(result => result.GetProperty("reference").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(["2.0", .. second.Select(NameOf).Order(StringComparer.Ordinal)], afterRevoke.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(2, afterSign.Count);
        Assert.DoesNotContain(NameOf(Assert.Single(first.Intersect(second))), afterSign.Keys);
    }

    [Fact]
    public async Task Reshape_ToEveryShapeAndBack_KeepsAllTagsForAClientThatFollows()
    {
        _ = await InitAsync();
        for (var tag = 1; tag <= 3; tag++)
            await SignAsync($"{tag}.0", tag.ToString(CultureInfo.InvariantCulture));
        var before = await InspectAsync();
        var verifier = world.NewMachine();
        var root = verifier.WriteFile("root.json", (await world.Owner.RunAsync("root", "export", repository)).Results);

        foreach (var shape in (string[][])[["--bins", "16"], ["--bins", "4"], ["--flat"], ["--bins", "16"], ["--bins", "16"]])
        {
            var moved = await DoAsync(["reshape", repository, .. shape, "-y", "-o", "json"]);
            var after = await InspectAsync();
            var verified = await verifier.RunAsync(["verify", .. before.Keys.Select(tag => $"{repository}:{tag}"), "--no-registry", "--root", root, "-o", "json"]);

            Assert.Equal(3, moved.GetProperty("targets").GetInt32());
            Assert.Equal(before.Select(target => (target.Key, target.Value.Digest)), after.Select(target => (target.Key, target.Value.Digest)));
            Assert.Equal(0, verified.ExitCode);
            Assert.All(after.Values, target => Assert.Equal(shape is ["--flat"], target.Role == "targets"));
        }
        var signed = await SignAsync("6.0", "6");
        Assert.Equal("signed", signed[0].GetProperty("outcome").GetString());
        Assert.Equal(0, (await verifier.RunAsync("verify", $"{repository}:6.0", "--no-registry", "--root", root)).ExitCode);
    }

    [Fact]
    public async Task Sign_ByManyAtOnce_LosesNothing()
    {
        _ = await InitAsync("--bins", "2");
        var layouts = Enumerable.Range(0, 6).Select(i => world.Layout($"race{i}", $"race{i}")).ToList();

        var runs = await Task.WhenAll(layouts.Select((layout, i) => world.Owner.RunAsync("sign", layout, "--as", $"{repository}:{i}.0", "-y")));

        Assert.All(runs, run => Assert.Equal(0, run.ExitCode));
        Assert.Equal(6, (await InspectAsync()).Count);
    }

    [Fact]
    public async Task Rotate_TargetsKey_HasTheBinsSignedByTheNewKeyAlone()
    {
        _ = await InitAsync("--bins", "4");
        await SignAsync("1.0", "a");
        var before = await InspectKeysAsync();

        await DoAsync("key", "rotate", "targets", repository, "-y");
        var after = await InspectKeysAsync();
        await SignAsync("2.0", "b");

        Assert.Single(before);
        Assert.Single(after);
        Assert.NotEqual(before, after);
        Assert.Equal(after, await InspectKeysAsync());
        Assert.Equal(["1.0", "2.0"], (await InspectAsync()).Keys);
    }

    [Theory]
    [InlineData("bin-0", "usage", "signer key rotate targets")]
    [InlineData("nosuch", "usage", "do not delegate to nosuch")]
    [InlineData("bin-4", "usage", "do not delegate to bin-4")]
    public async Task Rotate_OfARoleWithoutKeysOfItsOwn_IsRefusedBeforeAKeyIsMade(string role, string error, string reason)
    {
        _ = await InitAsync("--bins", "4");
        var keys = Directory.GetFiles(world.Owner.Keys).Order(StringComparer.Ordinal).ToList();

        var rotate = await world.Owner.RunAsync("key", "rotate", role, repository, "-y", "-o", "json");

        Assert.Equal(error, rotate.ErrorCode);
        Assert.Contains(reason, rotate.Messages + rotate.Results, StringComparison.Ordinal);
        Assert.Equal(keys, Directory.GetFiles(world.Owner.Keys).Order(StringComparer.Ordinal));
    }

    // With a passphrase: that of the targets key serves the bins.
    [Theory]
    [InlineData("renew")]
    [InlineData("reshape", "--bins", "4")]
    public async Task Case25_BinsExpired_OwnerSignsThemAnew(string verb, params string[] options)
    {
        await DoAsync("init", repository, "--bins", "4", "--expires", "40d");
        await SignAsync("1.0", "a", "--expires", "30d");
        world.Time.Now = world.Time.Now.AddDays(31);
        await world.Server.RenewAsync();
        var stale = await world.Owner.RunAsync("verify", $"{repository}:1.0", "--no-registry", "-o", "json");

        await DoAsync([verb, repository, .. options, "-y"]);
        var fresh = await world.Owner.RunAsync("verify", $"{repository}:1.0", "--no-registry", "-o", "json");

        Assert.Equal("expired", stale.ErrorCode);
        Assert.Equal(0, fresh.ExitCode);
    }

    [Fact]
    public async Task Case25_BinExpired_SigningATagOfItRenewsIt()
    {
        _ = await InitAsync("--bins", "2");
        await SignAsync("1.0", "a", "--expires", "30d");
        world.Time.Now = world.Time.Now.AddDays(31);
        await world.Server.RenewAsync();

        await SignAsync("1.0", "a");

        Assert.Equal(0, (await world.Owner.RunAsync("verify", $"{repository}:1.0", "--no-registry")).ExitCode);
    }

    [Fact]
    public async Task Reshape_BesideSignersWithNames_IsRefusedAndSoAreTheyBesideBins()
    {
        _ = await InitAsync();
        var key = world.Owner.WriteFile("ci.pub", (await world.Owner.RunAsync("key", "export", world.Owner.AddQuickKey("ci-" + repositories).Label!)).Results);
        await DoAsync("signer", "add", "ci", "--key", key, "-y", repository);

        var refused = await world.Owner.RunAsync("reshape", repository, "--bins", "4", "-y", "-o", "json");
        await DoAsync("signer", "remove", "ci", "-y", repository);
        await DoAsync("reshape", repository, "--bins", "4", "-y");
        var beside = await world.Owner.RunAsync("signer", "add", "ci", "--key", key, "-y", "-o", "json", repository);

        Assert.Equal("usage", refused.ErrorCode);
        Assert.Contains("ci", refused.Messages, StringComparison.Ordinal);
        Assert.Equal("usage", beside.ErrorCode);
        Assert.Contains("hash bins", beside.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reshape_WithoutAShape_IsRefused()
    {
        foreach (var shape in (string[][])[[], ["--bins", "4", "--flat"]])
            Assert.Equal("usage", (await world.Owner.RunAsync(["reshape", repository, .. shape, "-o", "json"])).ErrorCode);
    }

    private Task<JsonElement> InitAsync(params string[] options)
    {
        var number = repository[repository.LastIndexOf('/')..].TrimStart('/');
        world.Owner.AddQuickKey($"root-{number}", "root", repository);
        world.Owner.AddQuickKey($"targets-{number}", "targets", repository);
        return DoAsync(["init", repository, .. options]);
    }

    private async Task<List<string>> InspectKeysAsync() =>
        [.. (await DoAsync("inspect", repository, "-o", "json")).GetProperty("targets").EnumerateArray().SelectMany(target => target.GetProperty("signedBy")[0].GetProperty("keyids").EnumerateArray()).Select(id => id.GetString()!).Distinct()];

    private async Task<JsonElement> DoAsync(params string[] arguments)
    {
        var run = await world.Owner.RunAsync(arguments);
        Assert.True(run.ExitCode == 0, run.Messages);
        return arguments.Contains("json") ? run.Json : default;
    }

    private Task<JsonElement> SignAsync(string tag, string content, params string[] options) =>
        DoAsync(["sign", world.Layout("layout-" + content, content), "--as", $"{repository}:{tag}", "-y", "-o", "json", .. options]);

    private async Task<List<string>> SignIndexAsync(string tag, params string[] platforms)
    {
        var directory = Path.Combine(world.Owner.Root, "bins-" + tag);
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        world.Builder("bins-" + tag).AddIndex("1.0", new Dictionary<string, string> { ["app"] = "x" }, platforms);
        var signed = await DoAsync("sign", $"oci:{directory}:1.0", "--as", $"{repository}:{tag}", "--recursive", "-y", "-o", "json");
        return [.. signed[0].GetProperty("platforms").EnumerateArray().Select(digest => digest.GetString()!)];
    }

    private async Task<SortedDictionary<string, (string Digest, string Role)>> InspectAsync() => new(
        (await DoAsync("inspect", repository, "-o", "json")).GetProperty("targets").EnumerateArray().ToDictionary(
            target => target.GetProperty("name").GetString()!,
            target => (target.GetProperty("digest").GetString()!, target.GetProperty("signedBy")[0].GetProperty("role").GetString()!)),
        StringComparer.Ordinal);

    private static string NameOf(string digest) => digest.Replace(':', '-');

    private static string DigestOf(JsonElement signed) => signed[0].GetProperty("digest").GetString()!;

    public sealed class World : IAsyncLifetime
    {
        internal SigningWorld Signing { get; private set; } = null!;

        public async Task InitializeAsync() => Signing = await SigningWorld.StartAsync();

        public async Task DisposeAsync() => await Signing.DisposeAsync();
    }
}
