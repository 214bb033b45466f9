using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>Every shape of repository name that the real clients accept.</summary>
public sealed class RepositoryNameTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    [Theory]
    [InlineData("{0}.example.test/a/b/c/deep.name_with-dots.v1.2")]
    [InlineData("{0}.example.test:5000/lib/thing")]
    [InlineData("single-{0}")]
    [InlineData("{0}.example.test/_trust-like/x")]
    [InlineData("{0}.example.test/UPPER.Case")]
    [InlineData("{0}.example.test/a__b---c")]
    [InlineData("127.0.0.1:5000/{0}")]
    public async Task Repository_OfThisName_IsMadeWrittenAndRead(string pattern)
    {
        var repository = string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, Guid.NewGuid().ToString("N"));
        var owner = world.NewClient();

        await owner.PublishAsync("init", "-p", repository);
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));

        Assert.Equal(["v1"], (await world.NewClient().ListAsync(repository)).Keys);
        (await owner.DoAsync("delete", "--remote", repository)).Says("Successfully deleted local and remote");
        (await world.NewClient().RunAsync("list", repository)).Fails("does not have trust data");
    }

    [Fact]
    public async Task Repositories_WhoseNamesDifferInCaseOnly_AreTwo()
    {
        var owner = world.NewClient();
        var lower = NotaryWorld.NewName("case");
        var upper = $"{lower[..^4]}CASE";
        await owner.PublishAsync("init", "-p", lower);
        await owner.PublishAsync("add", "-p", lower, "v1", owner.NewContent("app.bin", 10));

        (await world.NewClient().RunAsync("list", upper)).Fails("does not have trust data");
        await owner.PublishAsync("init", "-p", upper);

        Assert.Empty(await world.NewClient().ListAsync(upper));
        Assert.Equal(["v1"], (await world.NewClient().ListAsync(lower)).Keys);
    }
}
