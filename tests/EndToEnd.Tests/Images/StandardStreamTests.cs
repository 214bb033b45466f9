using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Images;

/// <summary>Standard streams that are closed, or on a full disk: the exit code stays the verdict, and no file takes the place of a stream.</summary>
public sealed class StandardStreamTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    [Theory]
    [InlineData(">/dev/full", "No space left on device")]
    [InlineData(">&-", "it is closed")]
    public async Task Results_ThatCannotBeWritten_AreAFailureThatSaysSo(string redirection, string reason)
    {
        var repository = await world.NewRepositoryAsync();
        var signed = await world.PushAndSignAsync(repository, "1.0");

        (await world.Owner.RunRedirectedAsync(redirection, "verify", $"{repository}:1.0")).Refuses(1, $"Standard output cannot be written: {reason}");
        (await world.Owner.RunRedirectedAsync(redirection, "verify", $"{repository}:1.0", "-o", "json")).Refuses(1, $"Standard output cannot be written: {reason}");
        (await world.Owner.RunRedirectedAsync(redirection, "completion", "bash")).Refuses(1, $"Standard output cannot be written: {reason}");

        Assert.Equal($"{repository}@{signed.Digest}", (await world.Owner.DoAsync("verify", $"{repository}:1.0")).Line);
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public async Task Messages_ThatCannotBeWritten_LeaveTheVerdict(string redirection)
    {
        var repository = await world.NewRepositoryAsync();
        var signed = await world.PushAndSignAsync(repository, "1.0");

        var accepted = await world.Owner.RunRedirectedAsync(redirection, "verify", "-v", $"{repository}:1.0");
        var refused = await world.Owner.RunRedirectedAsync(redirection, "verify", "-v", $"{repository}:2.0");
        var mistyped = await world.Owner.RunRedirectedAsync(redirection, "verfy", $"{repository}:1.0");

        Assert.Equal($"{repository}@{signed.Digest}", accepted.Exits(0).Line);
        Assert.Empty(refused.Exits(10).Output);
        Assert.Empty(mistyped.Exits(2).Output);
    }

    [Fact]
    public async Task KeyGenerate_WithAllStreamsClosed_WritesNoMessageIntoAKeyFile()
    {
        var made = await world.Owner.RunRedirectedAsync("<&- >&- 2>&-", "key", "generate", "--role", "targets", "-v");

        Assert.Empty(made.Output);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(world.Owner.Home, "keys")))
            Assert.DoesNotContain("✗", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.NotEmpty((await world.Owner.DoAsync("key", "list", "-o", "json")).Json.EnumerateArray());
    }
}
