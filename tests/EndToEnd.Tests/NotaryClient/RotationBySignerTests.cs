using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary><c>signer</c> rotates the keys of every role of a Notary repository; the real <c>notary</c> client follows, with what it knew and from nothing.</summary>
public sealed class RotationBySignerTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    [Fact]
    public async Task RotateAndRenew_EveryRole_IsFollowedByNotary()
    {
        using var owner = new SignerTool(world.Server);
        var (repository, reader) = (NotaryWorld.NewName(), world.NewClient());
        await owner.DoAsync("init", repository, "--format", "notary");
        new ImageLayoutBuilder(owner["layout"]).AddImage("1.0", new Dictionary<string, string> { ["app"] = repository });
        await owner.DoAsync("sign", "-y", $"oci:{owner["layout"]}:1.0", "--as", $"{repository}:1.0");
        Assert.Equal(["1.0"], (await reader.ListAsync(repository)).Keys);

        foreach (var role in new[] { "targets", "online", "root" })
        {
            await owner.DoAsync("key", "rotate", role, repository, "-y");
            Assert.Equal(["1.0"], (await reader.ListAsync(repository)).Keys);
        }
        await owner.DoAsync("renew", repository, "--role", "root", "--role", "targets", "-y");

        Assert.Equal(["1.0"], (await reader.ListAsync(repository)).Keys);
        Assert.Equal(["1.0"], (await world.NewClient().ListAsync(repository)).Keys);
        Assert.Equal(5, await world.VersionAsync(repository, "root"));
        await owner.DoAsync("sign", "-y", $"oci:{owner["layout"]}:1.0", "--as", $"{repository}:2.0");
        Assert.Equal(["1.0", "2.0"], (await reader.ListAsync(repository)).Keys.Order());
    }
}
