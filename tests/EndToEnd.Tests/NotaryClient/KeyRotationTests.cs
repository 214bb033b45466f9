using System.Text.Json;
using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>Rotation of the key of every role, held by the client and by the server.</summary>
public sealed class KeyRotationTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    [Fact]
    public async Task RotateSnapshot_ToTheServerAndBack_KeepsTheRepositoryReadableAndWritable()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var (reader, content) = (world.NewClient(), owner.NewContent("app.bin", 10));
        await owner.PublishAsync("add", "-p", repository, "v1", content);
        await reader.ListAsync(repository);
        var own = await KeyOfAsync(repository, "snapshot");

        (await owner.DoAsync("key", "rotate", repository, "snapshot", "-r")).Says("Successfully rotated snapshot key");
        var servers = await KeyOfAsync(repository, "snapshot");
        Assert.NotEqual(own, servers);
        Assert.Equal(servers, await ServedKeyAsync(repository, "snapshot"));
        await owner.PublishAsync("add", "-p", repository, "v2", content);
        Assert.Equal(["v1", "v2"], (await reader.ListAsync(repository)).Keys.Order());

        (await owner.DoAsync("key", "rotate", repository, "snapshot")).Says("Successfully rotated snapshot key");
        Assert.NotEqual(servers, await KeyOfAsync(repository, "snapshot"));
        await owner.PublishAsync("add", "-p", repository, "v3", content);

        (await owner.DoAsync("key", "rotate", repository, "snapshot", "-r")).Says("Successfully rotated snapshot key");
        await owner.PublishAsync("add", "-p", repository, "v4", content);
        Assert.Equal(["v1", "v2", "v3", "v4"], (await reader.ListAsync(repository)).Keys.Order());
        Assert.Equal(["v1", "v2", "v3", "v4"], (await world.NewClient().ListAsync(repository)).Keys.Order());
        Assert.Equal(4, await world.VersionAsync(repository, "root"));
    }

    [Fact]
    public async Task RotateTimestamp_OnTheServer_IsFollowedByAClientThatHasTheOldKey()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var reader = world.NewClient();
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));
        await reader.ListAsync(repository);
        var old = await KeyOfAsync(repository, "timestamp");

        (await owner.DoAsync("key", "rotate", repository, "timestamp", "-r")).Says("Successfully rotated timestamp key");

        var current = await KeyOfAsync(repository, "timestamp");
        Assert.NotEqual(old, current);
        Assert.Equal(current, await ServedKeyAsync(repository, "timestamp"));
        Assert.Equal(["v1"], (await reader.ListAsync(repository)).Keys);
        (await owner.RunAsync("key", "rotate", repository, "timestamp")).Fails("does not permit the client managing the timestamp key");
    }

    [Fact]
    public async Task RotateTargets_MakesTheOldKeyWorthless()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        await owner.DoAsync("key", "rotate", repository, "snapshot", "-r");
        var thief = world.CopyOf(owner);
        var content = owner.NewContent("app.bin", 10);
        var old = await KeyOfAsync(repository, "targets");

        (await owner.DoAsync("key", "rotate", repository, "targets")).Says("Successfully rotated targets key");

        Assert.NotEqual(old, await KeyOfAsync(repository, "targets"));
        Assert.NotEqual(0, (await thief.RunAsync("add", "-p", repository, "evil", content)).ExitCode);
        await owner.PublishAsync("add", "-p", repository, "v1", content);
        Assert.Equal(["v1"], (await world.NewClient().ListAsync(repository)).Keys);
    }

    [Fact]
    public async Task RotateRoot_ManyTimes_IsFollowedByAClientOfTheFirstRoot()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var behind = world.NewClient();
        await behind.ListAsync(repository);
        var roots = new List<byte[]> { await world.FileAsync(repository, "root.json") };

        for (var i = 0; i < 4; i++)
        {
            (await owner.ConfirmAsync("key", "rotate", repository, "root")).Succeeds().Says("Successfully rotated root key");
            roots.Add(await world.FileAsync(repository, "root.json"));
        }
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));

        Assert.Equal(["v1"], (await behind.ListAsync(repository)).Keys);
        Assert.Equal(roots[^1], behind.Cached(repository, "root"));
        for (var version = 1; version <= roots.Count; version++)
            Assert.Equal(roots[version - 1], await world.FileAsync(repository, $"{version}.root.json"));
        Assert.Equal(5, roots.Select(root => NotaryWorld.Signed(root).GetProperty("roles").GetProperty("root").GetProperty("keyids")[0].GetString()).Distinct().Count());
    }

    [Fact]
    public async Task RotateRoot_WithSignaturesOfOldRoots_IsAccepted()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        (await owner.ConfirmAsync("key", "rotate", repository, "root")).Succeeds();

        (await owner.ConfirmAsync("key", "rotate", repository, "root", "-l", "2")).Succeeds().Says("Successfully rotated root key");

        using var root = JsonDocument.Parse(await world.FileAsync(repository, "root.json"));
        Assert.Equal(3, root.RootElement.GetProperty("signatures").EnumerateArray().Select(signature => signature.GetProperty("keyid").GetString()).Distinct().Count());
        Assert.Empty(await world.NewClient().ListAsync(repository));
    }

    [Fact]
    public async Task RotateRoot_WithoutConfirmation_ChangesNothing()
    {
        var (owner, repository) = await world.NewRepositoryAsync();

        (await owner.DoAsync("key", "rotate", repository, "root")).Says("Aborting action");

        Assert.Equal(1, await world.VersionAsync(repository, "root"));
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("timestamp")]
    public async Task RotationThatIsNotPublished_LeavesTheCurrentKeyInUse(string role)
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        await owner.DoAsync("key", "rotate", repository, "snapshot", "-r");
        var current = await KeyOfAsync(repository, role);

        using var answer = await world.Server.Http.PostAsync(NotaryWorld.Address(world.Server, repository, $"{role}.key"), null);
        Assert.True(answer.IsSuccessStatusCode);
        var pending = NotaryWorld.KeyId(await answer.Content.ReadAsByteArrayAsync());

        Assert.NotEqual(current, pending);
        Assert.Equal(current, await ServedKeyAsync(repository, role));
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));
        Assert.Equal(["v1"], (await world.NewClient().ListAsync(repository)).Keys);
    }

    private async Task<string> KeyOfAsync(string repository, string role) =>
        (await world.SignedAsync(repository, "root")).GetProperty("roles").GetProperty(role).GetProperty("keyids")[0].GetString()!;

    private async Task<string> ServedKeyAsync(string repository, string role) => NotaryWorld.KeyId(await world.FileAsync(repository, $"{role}.key"));
}
