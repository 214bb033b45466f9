using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Moving;

/// <summary>Keys that the real <c>notary</c> client made, in the hands of <c>signer</c>: readers who pinned the old root see what is signed with them.</summary>
public sealed class KeysOfOldClientsTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ImportDockerTrust_ThenSign_ClientsThatPinnedTheOldRootSeeIt(bool serverHoldsSnapshot)
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        if (serverHoldsSnapshot)
            await owner.DoAsync("key", "rotate", repository, "snapshot", "-r");
        await owner.PublishAsync("add", "-p", repository, "1.0", owner.NewContent("content.bin", 100));
        var reader = world.NewClient();
        var before = await reader.ListAsync(repository);
        var root = reader.Cached(repository, "root");
        using var signer = NewSigner();
        var image = new ImageLayoutBuilder(signer["layout"]).AddImage("2.0", new Dictionary<string, string> { ["app"] = repository });

        (await signer.RunAsync("import", "docker-trust", "--from", owner.TrustDirectory)).Exits(0);
        (await signer.RunAsync("sign", "-y", $"oci:{signer["layout"]}:2.0", "--as", $"{repository}:2.0")).Exits(0);

        var now = await reader.ListAsync(repository);
        Assert.Equal(root, reader.Cached(repository, "root"));
        Assert.Equal(["1.0", "2.0"], now.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(before["1.0"], now["1.0"]);
        Assert.Equal(image.Digest.Hex, now["2.0"].Sha256);
        (await signer.RunAsync("verify", "--no-registry", $"{repository}:2.0")).Exits(0);
    }

    private SignerTool NewSigner()
    {
        var signer = new SignerTool(world.Server);
        signer.Environment["NOTARY_ROOT_PASSPHRASE"] = NotaryTool.RootPassphrase;
        signer.Environment["NOTARY_TARGETS_PASSPHRASE"] = "targets-passphrase";
        signer.Environment["NOTARY_SNAPSHOT_PASSPHRASE"] = "snapshot-passphrase";
        signer.Environment.Remove("SIGNER_ROOT_PASSPHRASE");
        signer.Environment.Remove("SIGNER_TARGETS_PASSPHRASE");
        return signer;
    }
}
