using System.Text.Json;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Notary;

public sealed class NotarySignTests : IAsyncLifetime
{
    private const string Repository = NotaryWorld.Repository;
    private NotaryWorld world = null!;

    public async Task InitializeAsync() => world = await NotaryWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Sign_WithoutDelegations_IsATargetOfTargetsAsDockerWritesIt()
    {
        NotaryWorld.Succeeds(await world.Owner.RunAsync("init", Repository, "--format", "notary"));

        var run = NotaryWorld.Succeeds(await SignAsync(world.Owner, "1.0", "-o", "json"));

        Assert.Equal("targets", run.Json[0].GetProperty("signedBy")[0].GetProperty("role").GetString());
        Assert.Equal(2, run.Json[0].GetProperty("metadata").GetProperty("targets").GetProperty("version").GetInt32());
        using var http = new HttpClient();
        var target = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri($"{world.Url}/v2/{Repository}/_trust/tuf/targets.json"))).RootElement.GetProperty("signed").GetProperty("targets").GetProperty("1.0");
        Assert.Equal(["hashes", "length"], target.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["sha256"], target.GetProperty("hashes").EnumerateObject().Select(member => member.Name));
        Assert.Contains(run.Json[0].GetProperty("digest").GetString()!["sha256:".Length..], await world.NewClient().RunAsync("list", Repository), StringComparison.Ordinal);
        Assert.Equal("unchanged", (await SignAsync(world.Owner, "1.0", "-o", "json")).Json[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Sign_WithADelegatesKey_GoesIntoEveryRoleOfThatKey()
    {
        var (owner, alice) = await WithDelegatesAsync();

        var run = NotaryWorld.Succeeds(await SignAsync(alice, "1.0", "-o", "json"));

        Assert.Equal(["targets/alice", "targets/releases"], run.Json[0].GetProperty("signedBy").EnumerateArray().Select(role => role.GetProperty("role").GetString()!).Order(StringComparer.Ordinal));
        foreach (var role in new[] { "targets/alice", "targets/releases" })
            Assert.Contains("1.0", await owner.RunAsync("list", Repository, "-r", role), StringComparison.Ordinal);
        Assert.Contains("No targets present", await owner.RunAsync("list", Repository, "-r", "targets/bob"), StringComparison.Ordinal);
        var verified = NotaryWorld.Succeeds(await VerifyAsync("1.0"));
        Assert.Equal("targets/releases", verified.Json[0].GetProperty("signedBy")[0].GetProperty("role").GetString());
    }

    [Fact]
    public async Task Sign_KeyOfNoRole_IsRefusedAndNothingIsPublished()
    {
        var (owner, _) = await WithDelegatesAsync();
        var stranger = await world.NewVerifierAsync();

        var none = await SignAsync(stranger, "1.0", "-o", "json");
        NotaryWorld.Succeeds(await stranger.RunAsync("key", "generate", "mine"));
        var foreign = await SignAsync(stranger, "1.0", "-k", "mine", "-o", "json");
        var unknown = await SignAsync(stranger, "1.0", "--role", "targets/nobody", "-o", "json");
        var asOwner = await SignAsync(stranger, "1.0", "--role", "targets", "-o", "json");

        Assert.Equal("key-not-found", none.ErrorCode);
        Assert.Equal("key-not-found", foreign.ErrorCode);
        Assert.Equal("usage", unknown.ErrorCode);
        Assert.Equal("key-not-found", asOwner.ErrorCode);
        Assert.Contains("No targets present", await owner.RunAsync("list", Repository), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_PathsOfTheDelegationDoNotMatch_IsRefused()
    {
        var (owner, alice) = await WithDelegatesAsync(paths: "1.");

        NotaryWorld.Succeeds(await SignAsync(alice, "1.0"));
        var outside = await SignAsync(alice, "2.0", "-o", "json");

        Assert.Equal("key-not-found", outside.ErrorCode);
        Assert.DoesNotContain("2.0", await owner.RunAsync("list", Repository), StringComparison.Ordinal);
    }

    // The default of the notary client: its snapshot key stays with the owner.
    [Fact]
    public async Task Sign_SnapshotKeyIsTheOwners_NeedsThatKeyHere()
    {
        var owner = world.NewClient();
        await owner.RunAsync("init", "-p", Repository);
        var machine = await world.NewVerifierAsync();
        var keys = Path.Combine(owner.TrustDirectory, "private");
        await ImportAsync(machine, keys, "targets");

        var without = await SignAsync(machine, "1.0", "-o", "json");
        machine.Environment["SIGNER_SNAPSHOT_PASSPHRASE"] = "the snapshot passphrase";
        await ImportAsync(machine, keys, "snapshot");
        var with = await SignAsync(machine, "1.0", "-o", "json");

        Assert.Equal("update-refused", without.ErrorCode);
        Assert.Contains("snapshot key", without.Messages, StringComparison.Ordinal);
        NotaryWorld.Succeeds(with);
        Assert.Contains("1.0", await world.NewClient().RunAsync("list", Repository), StringComparison.Ordinal);
        await owner.RunAsync("add", "-p", Repository, "2.0", owner.Write("two", "two"));
        NotaryWorld.Succeeds(await VerifyAsync("2.0"));
    }

    [Fact]
    public async Task Sign_KeysWhereDockerKeepsThem_AreUsedWithoutAnImport()
    {
        var owner = world.NewClient();
        await owner.RunAsync("init", Repository);
        await owner.RunAsync("key", "rotate", Repository, "snapshot", "-r");
        var machine = await world.NewVerifierAsync();
        machine.Environment.Remove("SIGNER_TARGETS_PASSPHRASE");
        machine.Environment["DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE"] = "the targets passphrase";
        Directory.CreateDirectory(Path.Combine(machine.Root, ".docker/trust/private"));
        foreach (var file in Directory.GetFiles(Path.Combine(owner.TrustDirectory, "private")))
            File.Copy(file, Path.Combine(machine.Root, ".docker/trust/private", Path.GetFileName(file)));

        var run = NotaryWorld.Succeeds(await SignAsync(machine, "1.0"));

        Assert.Contains("DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE", run.Messages, StringComparison.Ordinal);
        Assert.Contains("1.0", await owner.RunAsync("list", Repository), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_CustomDataOfOthers_Stays()
    {
        var owner = world.NewClient();
        await owner.RunAsync("init", Repository);
        await owner.RunAsync("key", "rotate", Repository, "snapshot", "-r");
        await owner.RunAsync("add", "-p", Repository, "other", owner.Write("other", "other"), "--custom", owner.Write("custom.json", "{\"a\":[1,\"b\"]}"));
        var machine = await world.NewVerifierAsync();
        await ImportAsync(machine, Path.Combine(owner.TrustDirectory, "private"), "targets");

        NotaryWorld.Succeeds(await SignAsync(machine, "1.0"));

        var inspected = await machine.RunAsync("inspect", $"{Repository}:other", "-o", "json");
        Assert.Equal("{\"a\":[1,\"b\"]}", inspected.Json.GetProperty("targets")[0].GetProperty("custom").GetRawText());
        Assert.Contains("other", await owner.RunAsync("list", Repository), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoke_TagOfSeveralRoles_IsTakenFromThoseWhoseKeysAreHere()
    {
        var (owner, alice) = await WithDelegatesAsync();
        NotaryWorld.Succeeds(await SignAsync(alice, "1.0"));
        NotaryWorld.Succeeds(await SignAsync(alice, "2.0"));
        await owner.RunAsync("addhash", "-p", Repository, "1.0", "7", "--sha256", new string('a', 64), "-r", "targets");

        var run = NotaryWorld.Succeeds(await alice.RunAsync("revoke", "-y", $"{Repository}:1.0"));

        Assert.Contains("stays signed by targets", run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("1.0", await owner.RunAsync("list", Repository, "-r", "targets/alice"), StringComparison.Ordinal);
        Assert.DoesNotContain("1.0", await owner.RunAsync("list", Repository, "-r", "targets/releases"), StringComparison.Ordinal);
        Assert.Contains("2.0", await owner.RunAsync("list", Repository, "-r", "targets/releases"), StringComparison.Ordinal);
        Assert.Equal("key-not-found", (await alice.RunAsync("revoke", "-y", $"{Repository}:1.0", "-o", "json")).ErrorCode);
        Assert.Equal("not-signed", (await alice.RunAsync("revoke", "-y", $"{Repository}:9.9", "-o", "json")).ErrorCode);
    }

    private Task<SignerRun> SignAsync(SignerMachine machine, string tag, params string[] options) =>
        machine.RunAsync(["sign", "-y", world.Layout("image-" + tag), "--as", $"{Repository}:{tag}", .. options]);

    private async Task<SignerRun> VerifyAsync(string tag) =>
        await (await world.NewVerifierAsync()).RunAsync("verify", "--no-registry", $"{Repository}:{tag}", "-o", "json");

    private static async Task ImportAsync(SignerMachine machine, string directory, string role)
    {
        var file = Directory.GetFiles(directory).Single(path => File.ReadAllText(path).Contains($"role: {role}\n", StringComparison.Ordinal));
        NotaryWorld.Succeeds(await machine.RunAsync("key", "import", file));
    }

    // As docker trust signer add makes them: a role for each person, and releases with the keys of all.
    private async Task<(NotaryClient Owner, SignerMachine Alice)> WithDelegatesAsync(string? paths = null)
    {
        var owner = world.NewClient();
        await owner.RunAsync("init", Repository);
        await owner.RunAsync("key", "rotate", Repository, "snapshot", "-r");
        string[] allowed = paths is null ? ["--all-paths"] : ["--paths", paths];
        var (alice, aliceKey) = SignerCertificate.New("alice");
        var (bob, _) = SignerCertificate.New("bob");
        await owner.RunAsync(["delegation", "add", "-p", Repository, "targets/alice", owner.Write("alice.crt", alice), .. allowed]);
        await owner.RunAsync(["delegation", "add", "-p", Repository, "targets/bob", owner.Write("bob.crt", bob), .. allowed]);
        await owner.RunAsync(["delegation", "add", "-p", Repository, "targets/releases", owner.Write("alice.crt", alice), owner.Write("bob.crt", bob), .. allowed]);
        var machine = await world.NewVerifierAsync();
        NotaryWorld.Succeeds(await machine.RunAsync("key", "import", machine.WriteFile("alice.key", aliceKey), "--label", "alice"));
        return (owner, machine);
    }
}
