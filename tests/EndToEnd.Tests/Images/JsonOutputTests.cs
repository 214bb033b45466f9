using System.Text.Json;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing.Processes;

namespace TrustService.EndToEnd.Tests.Images;

/// <summary>What <c>-o json</c> prints for each outcome: the same shape for all, and codes that agree with the exit code.</summary>
public sealed class JsonOutputTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    private const string Named = "reference outcome exitCode repository target";
    private const string Image = "digest mediaType size";
    private const string SignedBy = "signedBy[{role keyids[]}]";
    private const string Metadata = "metadata{root{version expires} timestamp{version expires signed} snapshot{version expires} targets{version expires}}";
    private const string Checks = "checks[{name result detail}]";
    private const string Error = "error{code message detail}";
    private const string ErrorOfRole = "error{code message detail role}";

    [Fact]
    public async Task Verify_EachOutcome_HasItsShapeAndCodes()
    {
        var repository = await world.NewRepositoryAsync();
        var image = await world.PushAndSignAsync(repository, "1.0");
        await world.PushAndSignAsync(repository, "moved");
        world.Push(repository, "moved");
        var root = await world.Owner.ExportRootAsync(repository);
        var other = await world.NewRepositoryAsync();
        var stranger = world.NewName();

        var verified = await VerifyAsync(0, "verified", null, $"[{{{Named} {Image} pinned {SignedBy} {Metadata} {Checks}}}]", $"{repository}:1.0", "--root", root);
        Assert.Equal($"{repository}:1.0", Text(verified, "reference"));
        Assert.Equal(repository, Text(verified, "repository"));
        Assert.Equal("1.0", Text(verified, "target"));
        Assert.Equal(image.Digest.ToString(), Text(verified, "digest"));
        Assert.Equal(image.MediaType, Text(verified, "mediaType"));
        Assert.Equal(image.Size, verified.GetProperty("size").GetInt64());
        Assert.Equal($"{repository}@{image.Digest}", Text(verified, "pinned"));
        Assert.Equal(["signed:pass", "fresh:pass", "registry:pass"], ChecksOf(verified));

        var unsigned = await VerifyAsync(10, "unsigned", "not-signed", $"[{{{Named} {Metadata} {Checks} {Error}}}]", $"{repository}:2.0", "--root", root);
        Assert.Equal(["signed:fail"], ChecksOf(unsigned));
        await VerifyAsync(10, "unsigned", "repository-unknown", $"[{{{Named} checks[] {Error}}}]", $"{stranger}:1.0", "--root", $"root:1:sha256:{new string('0', 64)}");

        var mismatch = await VerifyAsync(13, "digest-mismatch", "digest-mismatch", $"[{{{Named} {Image} {SignedBy} {Metadata} {Checks} {Error}}}]", $"{repository}:moved", "--root", root);
        Assert.Equal(["signed:pass", "fresh:pass", "registry:fail"], ChecksOf(mismatch));

        await VerifyAsync(11, "untrusted", "wrong-repository", $"[{{{Named} checks[] {ErrorOfRole}}}]", $"{repository}:1.0", "--root", await world.Owner.ExportRootAsync(other));
    }

    [Fact]
    public async Task Verify_StaleAndUnreachable_HaveTheirShapeAndCodes()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        var root = await world.Owner.ExportRootAsync(repository);
        await using var proxy = await TrustProxy.StartAsync(world.Server);
        proxy.Changes.Replace("timestamp.json", world.StolenKey.Timestamp(
            await File.ReadAllBytesAsync(root), await world.Server.ReadAsync(repository, "timestamp.json"), t => t with { Version = t.Version + 1, Expires = DateTimeOffset.UnixEpoch.AddYears(50) }));

        var stale = await VerifyAsync(12, "stale", "expired", $"[{{{Named} {Checks} {ErrorOfRole}}}]", $"{repository}:1.0", "--root", root, "--server", proxy.Url);
        Assert.Equal(["fresh:fail"], ChecksOf(stale));
        await VerifyAsync(14, "unreachable", "server-unreachable", $"[{{{Named} {Checks} {Error}}}]", $"{repository}:1.0", "--root", root, "--server", $"https://127.0.0.1:{FreePort.Next()}");
    }

    [Fact]
    public async Task Sign_And_Inspect_HaveTheirShapes()
    {
        var repository = await world.NewRepositoryAsync();
        var index = world.PushIndex(repository, "2.0");

        var signed = await world.Owner.DoAsync("sign", "-y", "-r", "-o", "json", $"{repository}:2.0");
        var inspected = await world.Owner.DoAsync("inspect", "-o", "json", repository);

        Assert.Equal($"[{{{Named} {Image} platforms[] pinned {SignedBy} metadata{{targets{{version expires}}}}}}]", JsonShape.Of(signed.Json));
        Assert.Equal(2, signed.Json[0].GetProperty("platforms").GetArrayLength());
        Assert.Equal(index.Digest.ToString(), Text(signed.Json[0], "digest"));
        Assert.Equal(
            $"{{repository outcome exitCode fingerprint expired roles[{{name version expires expired threshold keyids[] signedBy[]}}] targets[{{name digest size custom{{mediaType}} {SignedBy}}}|{{name digest size custom{{indexes[] mediaType}} {SignedBy}}}] refused[] signers[] pending[]}}",
            JsonShape.Of(inspected.Json));
        Assert.Equal(["root", "timestamp", "snapshot", "targets"], inspected.Json.GetProperty("roles").EnumerateArray().Select(role => Text(role, "name")));
        Assert.Equal(3, inspected.Json.GetProperty("targets").GetArrayLength());
    }

    private async Task<JsonElement> VerifyAsync(int exitCode, string outcome, string? error, string shape, params string[] arguments)
    {
        using var verifier = world.NewVerifier();
        var result = (await verifier.RunAsync(["verify", "-o", "json", .. arguments])).Exits(exitCode);
        Assert.Equal(shape, JsonShape.Of(result.Json));
        var item = result.Json[0];
        Assert.Equal(outcome, Text(item, "outcome"));
        Assert.Equal(exitCode, item.GetProperty("exitCode").GetInt32());
        Assert.Equal(error, item.TryGetProperty("error", out var refused) ? Text(refused, "code") : null);
        return item;
    }

    private static IEnumerable<string> ChecksOf(JsonElement item) => item.GetProperty("checks").EnumerateArray().Select(check => $"{Text(check, "name")}:{Text(check, "result")}");

    private static string? Text(JsonElement item, string member) => item.GetProperty(member).GetString();
}
