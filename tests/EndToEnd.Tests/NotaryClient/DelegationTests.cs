using System.Text.Json;
using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>Delegations: made, used, nested, witnessed, purged and removed.</summary>
public sealed class DelegationTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    [Fact]
    public async Task DelegationAdd_ForAllPaths_IsListedAndUsed()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        using var releases = new SigningCertificate("releases");

        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/releases", releases.CertificateFile, "--all-paths");
        (await owner.DoAsync("delegation", "list", repository)).Says("targets/releases").Says("\"\" <all paths>").Says(releases.KeyId);
        Assert.Equal(["root", "targets"], await world.ListedRolesAsync(repository));

        await owner.DoAsync("key", "import", releases.KeyFile, "--role", "targets/releases", "--gun", repository);
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10), "--roles", "targets/releases");
        Assert.Equal("targets/releases", (await world.NewClient().ListAsync(repository))["v1"].Role);
        Assert.Equal(["v1"], (await world.NewClient().ListAsync(repository, "--roles", "targets/releases")).Keys);
        Assert.Equal(["root", "targets", "targets/releases"], await world.ListedRolesAsync(repository));
        Assert.Equal(1, await world.VersionAsync(repository, "targets/releases"));
    }

    [Fact]
    public async Task DelegationPaths_AddedAndRemoved_DecideWhatTheRoleMaySign()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        using var bob = new SigningCertificate("bob");
        var content = owner.NewContent("app.bin", 10);
        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/bob", bob.CertificateFile, "--paths", "bob/");
        await owner.DoAsync("key", "import", bob.KeyFile, "--role", "targets/bob", "--gun", repository);

        await owner.PublishAsync("add", "-p", repository, "bob/x", content, "--roles", "targets/bob");
        (await owner.RunAsync("add", "-p", repository, "rob/x", content, "--roles", "targets/bob")).Fails("Could not add all targets");
        await owner.DoAsync("reset", "--all", repository);
        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/bob", "--paths", "rob/");
        await owner.PublishAsync("add", "-p", repository, "rob/x", content, "--roles", "targets/bob");
        Assert.Equal(["bob/x", "rob/x"], (await world.NewClient().ListAsync(repository)).Keys.Order());

        // What the role signed outside its paths is no longer believed by a reader.
        await owner.PublishAsync("delegation", "remove", "-p", "-y", repository, "targets/bob", "--paths", "rob/");
        Assert.Equal(["bob/x"], (await world.NewClient().ListAsync(repository)).Keys);
    }

    [Fact]
    public async Task Delegations_ThreeDeep_AreReadByAFreshClient()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        using var bob = new SigningCertificate("bob");
        using var sub = new SigningCertificate("sub");
        using var leaf = new SigningCertificate("leaf");
        var content = owner.NewContent("app.bin", 10);
        foreach (var (role, certificate, path) in new[] { ("targets/bob", bob, "bob/"), ("targets/bob/sub", sub, "bob/sub/"), ("targets/bob/sub/leaf_1-x", leaf, "bob/sub/leaf/") })
        {
            await owner.PublishAsync("delegation", "add", "-p", repository, role, certificate.CertificateFile, "--paths", path);
            await owner.DoAsync("key", "import", certificate.KeyFile, "--role", role, "--gun", repository);
        }

        await owner.PublishAsync("add", "-p", repository, "bob/sub/leaf/x", content, "--roles", "targets/bob/sub/leaf_1-x");
        await owner.PublishAsync("add", "-p", repository, "bob/sub/y", content, "--roles", "targets/bob/sub");
        await owner.PublishAsync("add", "-p", repository, "bob/z", content, "--roles", "targets/bob");

        var listed = await world.NewClient().ListAsync(repository);
        Assert.Equal(
            [("bob/sub/leaf/x", "targets/bob/sub/leaf_1-x"), ("bob/sub/y", "targets/bob/sub"), ("bob/z", "targets/bob")],
            listed.OrderBy(target => target.Key, StringComparer.Ordinal).Select(target => (target.Key, target.Value.Role)));
        Assert.Equal(["root", "targets", "targets/bob", "targets/bob/sub", "targets/bob/sub/leaf_1-x"], await world.ListedRolesAsync(repository));
    }

    [Fact]
    public async Task Delegate_WithOnlyHisOwnKey_PublishesOnceTheServerHoldsTheSnapshotKey()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        using var alice = new SigningCertificate("alice");
        var delegatee = world.NewClient();
        var content = delegatee.NewContent("app.bin", 10);
        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/alice", alice.CertificateFile, "--all-paths");
        await delegatee.DoAsync("key", "import", alice.KeyFile, "--role", "targets/alice", "--gun", repository);

        (await delegatee.RunAsync("add", "-p", repository, "v1", content, "--roles", "targets/alice")).Fails("Metadata hierarchy is incomplete");
        Assert.Equal(["root", "targets"], await world.ListedRolesAsync(repository));
        await owner.DoAsync("key", "rotate", repository, "snapshot", "-r");
        await delegatee.PublishAsync("publish", repository);

        Assert.Equal("targets/alice", (await world.NewClient().ListAsync(repository))["v1"].Role);
        Assert.NotEqual(0, (await delegatee.RunAsync("add", "-p", repository, "v2", content)).ExitCode);
        await delegatee.DoAsync("reset", "--all", repository);
        Assert.Equal(["v1"], (await owner.ListAsync(repository)).Keys);
    }

    [Fact]
    public async Task Witness_AfterAKeyWasReplaced_MakesTheRoleValidAgain()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        using var first = new SigningCertificate("first");
        using var second = new SigningCertificate("second");
        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/releases", first.CertificateFile, "--all-paths");
        await owner.DoAsync("key", "import", first.KeyFile, "--role", "targets/releases", "--gun", repository);
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10), "--roles", "targets/releases");

        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/releases", second.CertificateFile);
        await owner.PublishAsync("delegation", "remove", "-p", "-y", repository, "targets/releases", first.KeyId);
        // The file is signed by a key that the role no longer has: readers skip the role.
        Assert.Empty(await world.NewClient().ListAsync(repository));

        await owner.DoAsync("key", "import", second.KeyFile, "--role", "targets/releases", "--gun", repository);
        (await owner.DoAsync("witness", repository, "targets/releases")).Says("successfully marked for witnessing");
        (await owner.DoAsync("status", repository)).Says("witness");
        await owner.PublishAsync("publish", repository);

        Assert.Equal("targets/releases", (await world.NewClient().ListAsync(repository))["v1"].Role);
        Assert.Equal(2, await world.VersionAsync(repository, "targets/releases"));
    }

    [Fact]
    public async Task DelegationPurge_OfAKey_TakesItOutOfEveryRole()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        using var alice = new SigningCertificate("alice");
        using var bob = new SigningCertificate("bob");
        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/alice", alice.CertificateFile, "--all-paths");
        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/releases", alice.CertificateFile, bob.CertificateFile, "--all-paths");

        (await owner.DoAsync("delegation", "purge", "-p", repository, "--key", alice.KeyId)).Says("Successfully published changes");

        // A role may be left without a key: nobody can sign for it until one is added.
        Assert.Empty(await KeysOfAsync(repository, "targets/alice"));
        Assert.Single(await KeysOfAsync(repository, "targets/releases"));
        (await owner.DoAsync("delegation", "list", repository)).Says(bob.KeyId);
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));
        Assert.Equal(["v1"], (await world.NewClient().ListAsync(repository)).Keys);
    }

    [Fact]
    public async Task DelegationRemove_OfARole_TakesItsTargetsAndItsSignersRightAway()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        using var bob = new SigningCertificate("bob");
        var delegatee = world.NewClient();
        var content = delegatee.NewContent("app.bin", 10);
        await owner.DoAsync("key", "rotate", repository, "snapshot", "-r");
        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/bob", bob.CertificateFile, "--all-paths");
        await delegatee.DoAsync("key", "import", bob.KeyFile, "--role", "targets/bob", "--gun", repository);
        await delegatee.PublishAsync("add", "-p", repository, "v1", content, "--roles", "targets/bob");
        Assert.Equal(["v1"], (await owner.ListAsync(repository)).Keys);

        await owner.PublishAsync("delegation", "remove", "-p", "-y", repository, "targets/bob");

        Assert.DoesNotContain("targets/bob", (await owner.DoAsync("delegation", "list", repository)).Output, StringComparison.Ordinal);
        Assert.Empty(await world.NewClient().ListAsync(repository));
        (await delegatee.RunAsync("add", "-p", repository, "late", content, "--roles", "targets/bob")).Fails("delegation does not exist");
        Assert.Empty(await world.NewClient().ListAsync(repository));
    }

    private async Task<IReadOnlyList<string>> KeysOfAsync(string repository, string role)
    {
        var roles = (await world.SignedAsync(repository, "targets")).GetProperty("delegations").GetProperty("roles");
        var found = Assert.Single(roles.EnumerateArray(), entry => entry.GetProperty("name").GetString() == role);
        // The client writes null for a role whose last key was taken away.
        var keyIds = found.GetProperty("keyids");
        return keyIds.ValueKind == JsonValueKind.Null ? [] : [.. keyIds.EnumerateArray().Select(id => id.GetString()!)];
    }
}
