using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>The real <c>notary</c> client and <c>signer</c> on one repository of this server: each accepts what the other signs.</summary>
public sealed class SignerAndNotaryTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    [Fact]
    public async Task RepositoryOfSigner_SignVerifyRevoke_IsWhatNotaryLists()
    {
        using var owner = new SignerTool(world.Server);
        var (repository, reader) = (NotaryWorld.NewName(), world.NewClient());
        await owner.DoAsync("init", repository, "--format", "notary");
        var image = new ImageLayoutBuilder(owner["layout"]).AddImage("1.0", new Dictionary<string, string> { ["app"] = repository });

        await owner.DoAsync("sign", "-y", $"oci:{owner["layout"]}:1.0", "--as", $"{repository}:1.0");
        var listed = (await reader.ListAsync(repository))["1.0"];
        var looked = await reader.DoAsync("lookup", repository, "1.0");
        await owner.DoAsync("verify", "--no-registry", $"{repository}:1.0");
        await owner.DoAsync("revoke", "-y", $"{repository}:1.0");

        Assert.Equal(new ListedTarget(image.Digest.Hex, image.Size, "targets"), listed);
        looked.Says(image.Digest.Hex);
        Assert.Empty(await reader.ListAsync(repository));
        (await owner.RunAsync("verify", "--no-registry", $"{repository}:1.0")).Exits(10);
    }

    [Fact]
    public async Task DelegationsOfNotary_SignerSignsAsADelegate_AndVerifiesWhatNotarySigns()
    {
        using var certificate = new SigningCertificate("alice");
        using var alice = new SignerTool(world.Server);
        var (owner, repository) = await world.NewRepositoryAsync();
        await owner.DoAsync("key", "rotate", repository, "snapshot", "-r");
        foreach (var role in new[] { "targets/alice", "targets/releases" })
            await owner.PublishAsync("delegation", "add", "-p", repository, role, certificate.CertificateFile, "--all-paths");
        alice.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "a passphrase of alice";
        await alice.DoAsync("key", "import", certificate.KeyFile, "--label", "alice");
        await alice.DoAsync("root", "export", repository, "--tofu");
        var image = new ImageLayoutBuilder(alice["layout"]).AddImage("1.0", new Dictionary<string, string> { ["app"] = repository });

        await alice.DoAsync("sign", "-y", $"oci:{alice["layout"]}:1.0", "--as", $"{repository}:1.0");
        foreach (var role in new[] { "targets/alice", "targets/releases" })
            Assert.Equal(image.Digest.Hex, (await owner.ListAsync(repository, "-r", role))["1.0"].Sha256);
        await owner.DoAsync("key", "import", certificate.KeyFile, "--role", "alice");
        await owner.PublishAsync("addhash", "-p", repository, "2.0", "7", "--sha256", new string('a', 64), "-r", "targets/releases");

        (await alice.RunAsync("verify", "--no-registry", $"{repository}:2.0", "-o", "json")).Exits(0);
        await owner.PublishAsync("delegation", "remove", "-p", repository, "targets/releases", "-y");
        (await alice.RunAsync("verify", "--no-registry", $"{repository}:2.0")).Refuses(10, "is not signed");
    }

    [Fact]
    public async Task SignersOfSigner_TwoOfTwo_IsWhatNotaryListsOnceBothHaveSigned()
    {
        using var one = new SigningCertificate("one");
        using var two = new SigningCertificate("two");
        using var owner = new SignerTool(world.Server);
        var (repository, reader) = (NotaryWorld.NewName(), world.NewClient());
        await owner.DoAsync("init", repository, "--format", "notary");
        await owner.DoAsync("signer", "add", "release", "--key", one.CertificateFile, "--key", two.PublicKeyFile, "--threshold", "2", "-y", repository);
        var delegations = await reader.DoAsync("delegation", "list", repository);
        var image = new ImageLayoutBuilder(owner["layout"]).AddImage("1.0", new Dictionary<string, string> { ["app"] = repository });

        await owner.DoAsync("sign", "-y", "--partial", "--key", one.KeyFile, $"oci:{owner["layout"]}:1.0", "--as", $"{repository}:1.0");
        var before = await reader.ListAsync(repository);
        await owner.DoAsync("cosign", "-y", "--key", two.KeyFile, repository);
        var after = await reader.ListAsync(repository, "-r", "targets/releases");
        await owner.DoAsync("signer", "remove", "release", "-y", repository);
        var removed = await reader.ListAsync(repository);

        delegations.Says("targets/release ").Says("targets/releases").Says(one.KeyId).Says(two.KeyId).Says("<all paths>");
        Assert.Empty(before);
        Assert.Equal(new ListedTarget(image.Digest.Hex, image.Size, "targets/releases"), after["1.0"]);
        Assert.Empty(removed);
    }
}
