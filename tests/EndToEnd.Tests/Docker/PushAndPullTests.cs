using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Docker;

/// <summary>Docker content trust against this server: what is pushed is signed, and only what is signed is pulled.</summary>
[Trait("Needs", "docker")]
public sealed class PushAndPullTests(DockerWorld world) : IClassFixture<DockerWorld>
{
    [Fact]
    public async Task Push_OfANewRepository_SignsTheDigestAndLeavesSnapshotAndTimestampToTheServer()
    {
        var (owner, repository) = (world.NewPerson(), world.NewName());
        await owner.NewImageAsync($"{repository}:1.0");

        var push = await owner.DoAsync("push", $"{repository}:1.0");

        push.Says($"Finished initializing \"{repository}\"").Says($"Successfully signed {repository}:1.0");
        var again = await owner.PushAsync($"{repository}:1.0");
        var target = NotaryWorld.Signed(await FileAsync(repository, "targets.json")).GetProperty("targets").GetProperty("1.0");
        Assert.Equal(again.Size, target.GetProperty("length").GetInt64());
        Assert.Equal(again.Digest.Hex, Convert.ToHexStringLower(target.GetProperty("hashes").GetProperty("sha256").GetBytesFromBase64()));
        var roles = NotaryWorld.Signed(await FileAsync(repository, "root.json")).GetProperty("roles");
        foreach (var role in (string[])["snapshot", "timestamp"])
            Assert.Equal(roles.GetProperty(role).GetProperty("keyids")[0].GetString(), NotaryWorld.KeyId(await FileAsync(repository, $"{role}.key")));
    }

    [Fact]
    public async Task Push_OfWhatIsSignedAlready_IsAnEmptyUploadThatSucceeds()
    {
        var (owner, repository, _) = await world.NewSignedImageAsync("1.0");
        var (targets, timestamp) = (await FileAsync(repository, "targets.json"), NotaryWorld.Signed(await FileAsync(repository, "timestamp.json")));

        (await owner.DoAsync("push", $"{repository}:1.0")).Says($"Successfully signed {repository}:1.0");

        Assert.Equal(targets, await FileAsync(repository, "targets.json"));
        Assert.Equal(timestamp.GetProperty("version").GetInt64() + 1, NotaryWorld.Signed(await FileAsync(repository, "timestamp.json")).GetProperty("version").GetInt64());
        Assert.Equal(["1.0"], (await world.NewPerson().SignedTagsAsync(repository)).Keys);
    }

    [Fact]
    public async Task Pull_OfASignedTag_GetsTheSignedDigest()
    {
        var (owner, repository, imageId) = await world.NewSignedImageAsync("1.0");
        var digest = (await owner.SignedTagsAsync(repository))["1.0"].Digest;
        await owner.DoUnsignedAsync("rmi", $"{repository}:1.0");
        var reader = world.NewPerson();

        var pull = await reader.DoAsync("pull", $"{repository}:1.0");

        pull.Says($"{repository}:1.0@{digest}").Says($"Tagging {repository}@{digest} as {repository}:1.0");
        Assert.Equal(imageId, await reader.ImageIdAsync($"{repository}:1.0"));
    }

    [Fact]
    public async Task Pull_OfAnUnsignedTag_IsRefused()
    {
        var (owner, repository, _) = await world.NewSignedImageAsync("1.0");
        await owner.NewImageAsync($"{repository}:2.0");
        await owner.PushUnsignedAsync($"{repository}:2.0");
        await owner.DoUnsignedAsync("rmi", $"{repository}:2.0");

        (await world.NewPerson().RunAsync("pull", $"{repository}:2.0")).Fails("trust data for 2.0");

        Assert.Null(await owner.ImageIdAsync($"{repository}:2.0"));
    }

    [Fact]
    public async Task Pull_OfARepositoryWithoutTrustData_IsRefused()
    {
        var (owner, repository) = (world.NewPerson(), world.NewName());
        await owner.NewImageAsync($"{repository}:1.0");
        await owner.PushUnsignedAsync($"{repository}:1.0");
        await owner.DoUnsignedAsync("rmi", $"{repository}:1.0");

        (await world.NewPerson().RunAsync("pull", $"{repository}:1.0")).Fails($"remote trust data does not exist for {repository}");

        Assert.Null(await owner.ImageIdAsync($"{repository}:1.0"));
    }

    [Fact]
    public async Task Pull_OfATagThatWasMovedInTheRegistry_GetsWhatWasSigned()
    {
        var (owner, repository, signed) = await world.NewSignedImageAsync("1.0");
        var moved = await owner.NewImageAsync($"{repository}:1.0");
        await owner.PushUnsignedAsync($"{repository}:1.0");
        var reader = world.NewPerson();

        await reader.DoUnsignedAsync("pull", $"{repository}:1.0");
        Assert.Equal(moved, await reader.ImageIdAsync($"{repository}:1.0"));
        await reader.DoAsync("pull", $"{repository}:1.0");

        Assert.Equal(signed, await reader.ImageIdAsync($"{repository}:1.0"));
    }

    [Fact]
    public async Task Pull_OfAllTags_GetsTheSignedOnes()
    {
        var (owner, repository, first) = await world.NewSignedImageAsync("1.0");
        var second = await owner.NewImageAsync($"{repository}:2.0");
        await owner.PushAsync($"{repository}:2.0");
        await owner.NewImageAsync($"{repository}:3.0");
        await owner.PushUnsignedAsync($"{repository}:3.0");
        await owner.DoUnsignedAsync("rmi", $"{repository}:1.0", $"{repository}:2.0", $"{repository}:3.0");

        await world.NewPerson().DoAsync("pull", "--all-tags", repository);

        Assert.Equal(first, await owner.ImageIdAsync($"{repository}:1.0"));
        Assert.Equal(second, await owner.ImageIdAsync($"{repository}:2.0"));
        Assert.Null(await owner.ImageIdAsync($"{repository}:3.0"));
    }

    [Fact]
    public async Task Pull_AfterTheOwnerRotatedHisRoot_Works()
    {
        var (owner, repository, imageId) = await world.NewSignedImageAsync("1.0");
        var reader = world.NewPerson();
        Assert.Equal(["1.0"], (await reader.SignedTagsAsync(repository)).Keys);

        foreach (var role in (string[])["root", "targets"])
            (await owner.DoNotaryAsync(world.Server.Url, world.Server.CaFile, "key", "rotate", repository, role)).Says($"Successfully rotated {role} key");
        (await owner.DoNotaryAsync(world.Server.Url, world.Server.CaFile, "key", "rotate", repository, "timestamp", "-r")).Says("Successfully rotated timestamp key");

        await reader.DoAsync("pull", $"{repository}:1.0");
        Assert.Equal(imageId, await reader.ImageIdAsync($"{repository}:1.0"));
        await owner.NewImageAsync($"{repository}:2.0");
        await owner.PushAsync($"{repository}:2.0");
        Assert.Equal(["1.0", "2.0"], (await reader.SignedTagsAsync(repository)).Keys.Order());
    }

    private Task<byte[]> FileAsync(string repository, string fileName) => NotaryWorld.FileAsync(world.Server, repository, fileName);
}
