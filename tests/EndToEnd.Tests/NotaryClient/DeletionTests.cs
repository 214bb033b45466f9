using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>Deleting a repository here and there, and making it anew.</summary>
public sealed class DeletionTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    [Fact]
    public async Task Delete_Local_LeavesTheServerAlone()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));
        var timestamp = await world.FileAsync(repository, "timestamp.json");

        (await owner.DoAsync("delete", repository)).Says("Successfully deleted local trust data");

        Assert.False(File.Exists(owner.CachePath(repository, "root")));
        Assert.Equal(timestamp, await world.FileAsync(repository, "timestamp.json"));
        Assert.Equal(["v1"], (await owner.ListAsync(repository)).Keys);
    }

    [Fact]
    public async Task Delete_Remote_TakesOneRepositoryOnly()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        string[] neighbours = [$"{repository}2", $"{repository}/sub", repository[..^1]];
        foreach (var neighbour in neighbours)
            await owner.PublishAsync("init", "-p", neighbour);

        (await owner.DoAsync("delete", "--remote", repository)).Says("Successfully deleted local and remote trust data");

        (await world.NewClient().RunAsync("list", repository)).Fails("does not have trust data");
        foreach (var neighbour in neighbours)
            (await world.NewClient().DoAsync("list", neighbour)).Says("No targets present");
        (await owner.DoAsync("delete", "--remote", repository)).Says("Successfully deleted local and remote trust data");
    }

    [Fact]
    public async Task Repository_DeletedAndMadeAnewByAnother_IsRefusedByWhoPinnedTheOldRoot()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var (pinned, heir) = (world.NewClient(), world.NewClient());
        await pinned.ListAsync(repository);
        await owner.DoAsync("delete", "--remote", repository);

        await heir.PublishAsync("init", "-p", repository);
        await heir.PublishAsync("add", "-p", repository, "v1", heir.NewContent("app.bin", 10));

        Assert.Equal(["v1"], (await world.NewClient().ListAsync(repository)).Keys);
        (await pinned.RunAsync("list", repository)).Fails("root");
    }
}
