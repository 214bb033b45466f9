using System.Security.Cryptography;
using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>Making a repository, and adding, replacing and removing targets.</summary>
public sealed class CollectionTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    [Fact]
    public async Task Init_WithPublish_MakesTheFirstFileOfEveryRole()
    {
        var (owner, repository) = await world.NewRepositoryAsync();

        foreach (var role in (string[])["root", "targets", "snapshot", "timestamp"])
        {
            // The client counts its own targets and snapshot from 2.
            var version = role is "root" or "timestamp" ? 1 : 2;
            Assert.Equal(version, await world.VersionAsync(repository, role));
            Assert.Equal(await world.FileAsync(repository, $"{role}.json"), await world.FileAsync(repository, $"{version}.{role}.json"));
        }
        Assert.Equal(["root", "targets"], await world.ListedRolesAsync(repository));
        Assert.Equal(["root", "snapshot", "targets"], (await owner.KeysAsync()).Select(key => key.Role).Order());
    }

    [Fact]
    public async Task Init_WithoutPublish_LeavesNothingOnTheServer()
    {
        var (owner, repository) = (world.NewClient(), NotaryWorld.NewName());

        await owner.DoAsync("init", repository);

        (await world.NewClient().RunAsync("list", repository)).Fails("does not have trust data");
        await owner.PublishAsync("publish", repository);
        (await world.NewClient().DoAsync("list", repository)).Says("No targets present");
    }

    [Fact]
    public async Task Init_OfARepositoryThatAnotherOwns_IsRefused()
    {
        var (_, repository) = await world.NewRepositoryAsync();
        var root = await world.FileAsync(repository, "root.json");

        Assert.NotEqual(0, (await world.NewClient().RunAsync("init", "-p", repository)).ExitCode);

        Assert.Equal(root, await world.FileAsync(repository, "root.json"));
        Assert.Equal(1, await world.VersionAsync(repository, "timestamp"));
    }

    [Fact]
    public async Task Publish_OfNothing_Succeeds()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var targets = await world.FileAsync(repository, "targets.json");

        await owner.PublishAsync("publish", repository);

        Assert.Equal(targets, await world.FileAsync(repository, "targets.json"));
        await world.NewClient().DoAsync("list", repository);
    }

    [Fact]
    public async Task Status_OfStagedChanges_ShowsThemUntilTheyAreReset()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var content = owner.NewContent("app.bin", 10);

        foreach (var name in (string[])["v1", "v2", "v3"])
            (await owner.DoAsync("add", repository, name, content)).Says($"Addition of target \"{name}\"");
        await owner.DoAsync("reset", repository, "-n", "1");

        var status = (await owner.DoAsync("status", repository)).Says("v1").Says("v3");
        Assert.DoesNotContain("v2", status.Output, StringComparison.Ordinal);
        Assert.Empty(await world.NewClient().ListAsync(repository));
        await owner.PublishAsync("publish", repository);
        Assert.Equal(["v1", "v3"], (await world.NewClient().ListAsync(repository)).Keys.Order());
        Assert.Equal(3, await world.VersionAsync(repository, "targets"));

        await owner.DoAsync("remove", repository, "v1");
        await owner.DoAsync("reset", "--all", repository);
        (await owner.DoAsync("status", repository)).Says("No unpublished changes");
        await owner.PublishAsync("publish", repository);
        Assert.Equal(["v1", "v3"], (await owner.ListAsync(repository)).Keys.Order());
    }

    [Fact]
    public async Task Add_OfATargetThatIsThere_ReplacesIt()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        await owner.PublishAsync("add", "-p", repository, "latest", owner.NewContent("one.bin", 100));
        var first = (await owner.ListAsync(repository))["latest"];

        await owner.PublishAsync("add", "-p", repository, "latest", owner.NewContent("two.bin", 70_000));

        var second = (await world.NewClient().ListAsync(repository))["latest"];
        Assert.NotEqual(first.Sha256, second.Sha256);
        Assert.Equal(70_000, second.Length);
        Assert.Equal((4, 3), (await world.VersionAsync(repository, "targets"), await world.VersionAsync(repository, "timestamp")));
    }

    [Fact]
    public async Task Remove_OfATargetThatIsNotThere_ChangesNoTarget()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));

        await owner.PublishAsync("remove", "-p", repository, "v9");

        Assert.Equal(["v1"], (await world.NewClient().ListAsync(repository)).Keys);
    }

    [Fact]
    public async Task AddHash_WithBothHashes_ServesBothAndVerifiesBytesOnlyWithThem()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var content = owner.NewContent("app.bin", 3000);
        var bytes = await File.ReadAllBytesAsync(content);
        var (sha256, sha512) = (SHA256.HashData(bytes), SHA512.HashData(bytes));

        await owner.PublishAsync("addhash", "-p", repository, "v1", "3000", "--sha256", Convert.ToHexStringLower(sha256), "--sha512", Convert.ToHexStringLower(sha512));
        await owner.PublishAsync("addhash", "-p", repository, "wrong", "3000", "--sha256", Convert.ToHexStringLower(sha256), "--sha512", new string('0', 128));

        var hashes = (await world.SignedAsync(repository, "targets")).GetProperty("targets").GetProperty("v1").GetProperty("hashes");
        Assert.Equal(Convert.ToBase64String(sha256), hashes.GetProperty("sha256").GetString());
        Assert.Equal(Convert.ToBase64String(sha512), hashes.GetProperty("sha512").GetString());
        var reader = world.NewClient();
        await reader.DoAsync("verify", repository, "v1", "-q", "-i", content);
        (await reader.RunAsync("verify", repository, "wrong", "-q", "-i", content)).Fails("sha512 checksum");
    }

    [Fact]
    public async Task Verify_WithAnOutputFile_WritesTheBytesOnlyIfTheyAreSigned()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var (content, other) = (owner.NewContent("app.bin", 500), owner.NewContent("other.bin", 500));
        await owner.PublishAsync("add", "-p", repository, "v1", content);
        var (right, wrong) = ($"{content}.right", $"{content}.wrong");

        await owner.DoAsync("verify", repository, "v1", "-i", content, "-o", right);
        (await owner.RunAsync("verify", repository, "v1", "-i", other, "-o", wrong)).Fails("data not present");

        Assert.Equal(await File.ReadAllBytesAsync(content), await File.ReadAllBytesAsync(right));
        Assert.False(File.Exists(wrong));
    }

    [Theory]
    [InlineData("odd<&>\"q\\é☃")]
    [InlineData("with space and 'quotes'")]
    [InlineData("dir/../up")]
    [InlineData("/leading/slash")]
    [InlineData("U\u2028\u2029")]
    [InlineData("😀/\u00a0.json")]
    public async Task Add_WithAnOddName_IsFoundByAFreshClient(string name)
    {
        var (owner, repository) = await world.NewRepositoryAsync();

        await owner.PublishAsync("addhash", "-p", repository, name, "42", "--sha256", new string('b', 64));

        (await world.NewClient().DoAsync("lookup", repository, name)).Says($"{name} sha256:{new string('b', 64)} 42");
        Assert.True((await world.SignedAsync(repository, "targets")).GetProperty("targets").TryGetProperty(name, out _));
    }

    [Theory]
    [InlineData("""{"build":42,"note":"é☃"}""")]
    [InlineData("""[1,{"a":null,"b":[true,false,-7]},"\"\\"]""")]
    [InlineData("\"text\"")]
    [InlineData("""{ "spaced" : [ 1, 2 ] }""")]
    public async Task Add_WithCustomData_KeepsItAsGiven(string custom)
    {
        var (owner, repository) = await world.NewRepositoryAsync();

        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10), "--custom", owner.Write("custom.json", custom));

        await world.NewClient().DoAsync("lookup", repository, "v1");
        var kept = (await world.SignedAsync(repository, "targets")).GetProperty("targets").GetProperty("v1").GetProperty("custom");
        using var expected = System.Text.Json.JsonDocument.Parse(custom);
        Assert.True(System.Text.Json.JsonElement.DeepEquals(expected.RootElement, kept), kept.GetRawText());
    }

    [Theory]
    [InlineData("""{"z":1,"a":2}""")]
    [InlineData("""{"half":1.5}""")]
    [InlineData("\"<&>\"")]
    public async Task Add_WithCustomDataThatTheClientSignsWrongly_IsRefused(string custom)
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var content = owner.NewContent("app.bin", 10);

        Assert.NotEqual(0, (await owner.RunAsync("add", "-p", repository, "v1", content, "--custom", owner.Write("custom.json", custom))).ExitCode);

        Assert.Equal(2, await world.VersionAsync(repository, "targets"));
        Assert.Equal(1, await world.VersionAsync(repository, "timestamp"));
        await owner.DoAsync("reset", "--all", repository);
        await owner.PublishAsync("add", "-p", repository, "v1", content);
        Assert.Equal(["v1"], (await world.NewClient().ListAsync(repository)).Keys);
    }

    [Fact]
    public async Task Publish_OfHundredsOfTargets_IsReadWholeByAFreshClient()
    {
        const int Count = 300;
        var (owner, repository) = await world.NewRepositoryAsync();
        // The changes of a client lie in one directory, a file for each: as "notary addhash" writes them.
        await owner.DoAsync("addhash", repository, "t0", "1", "--sha256", new string('c', 64));
        var changes = Path.Combine(owner.TrustDirectory, "tuf", repository, "changelist");
        var change = Assert.Single(Directory.GetFiles(changes));
        var text = await File.ReadAllTextAsync(change);
        for (var i = 1; i < Count; i++)
            await File.WriteAllTextAsync($"{change[..^7]}{i:D4}.change", text.Replace("\"path\":\"t0\"", $"\"path\":\"t{i}\"", StringComparison.Ordinal));

        await owner.PublishAsync("publish", repository);

        var listed = await world.NewClient().ListAsync(repository);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"t{i}").Order(StringComparer.Ordinal), listed.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(3, await world.VersionAsync(repository, "targets"));
    }
}
