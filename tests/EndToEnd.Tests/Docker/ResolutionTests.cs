using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Docker;

/// <summary>Every docker command that takes an image by its tag resolves it over the signed targets.</summary>
[Trait("Needs", "docker")]
public sealed class ResolutionTests(DockerWorld world) : IClassFixture<DockerWorld>
{
    [Fact]
    public async Task Create_OfASignedTag_TakesTheSignedDigestEvenIfTheTagWasMoved()
    {
        var (owner, repository, signed) = await world.NewSignedImageAsync("1.0");
        await owner.NewImageAsync($"{repository}:1.0");
        await owner.PushUnsignedAsync($"{repository}:1.0");

        var container = (await world.NewPerson().DoAsync("create", $"{repository}:1.0", "/content")).Output.Trim().Split('\n')[^1];

        Assert.Equal(signed, (await owner.DoAsync("inspect", "--format", "{{.Image}}", container)).Output.Trim());
    }

    [Theory]
    [InlineData("create")]
    [InlineData("run")]
    public async Task CreateAndRun_OfAnUnsignedTag_AreRefusedThoughTheImageIsThere(string command)
    {
        var (owner, repository, _) = await world.NewSignedImageAsync("1.0");
        await owner.NewImageAsync($"{repository}:2.0");
        await owner.PushUnsignedAsync($"{repository}:2.0");

        (await owner.RunAsync(command, $"{repository}:2.0", "/content")).Fails("trust data for 2.0");

        Assert.Empty((await owner.DoAsync("ps", "-aq", "--filter", $"ancestor={repository}:2.0")).Output);
    }

    [Fact]
    public async Task Build_FromATag_TakesTheSignedDigestOrIsRefused()
    {
        var (owner, repository, signed) = await world.NewSignedImageAsync("1.0");
        var digest = (await owner.SignedTagsAsync(repository))["1.0"].Digest;
        await owner.NewImageAsync($"{repository}:2.0");
        await owner.PushUnsignedAsync($"{repository}:2.0");

        (await BuildAsync(owner, repository, "1.0")).Succeeds().Says($"FROM {repository}@{digest}");
        (await BuildAsync(owner, repository, "2.0")).Fails("trust data for 2.0");

        Assert.Equal(signed, (await owner.DoUnsignedAsync("image", "inspect", "--format", "{{.Parent}}", $"{repository}/built:1.0")).Output.Trim());
    }

    private static async Task<ProgramRun> BuildAsync(DockerTool owner, string repository, string tag)
    {
        using var context = new TrustService.Testing.TestDirectory();
        context.Write("Dockerfile", $"FROM {repository}:{tag}\nLABEL built=yes\n");
        return await owner.RunAsync("build", "--tag", $"{repository}/built:{tag}", context.FullPath);
    }
}
