using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

/// <summary>Repositories whose files have no version or hash in their names.</summary>
public sealed class PlainNamesTests
{
    private readonly RepositorySimulator repository = new(FixedTime.Start);

    [Fact]
    public async Task Download_WithoutConsistentSnapshots_AsksForPlainNamesOfEverythingButRoots()
    {
        repository.Root = repository.Root with { ConsistentSnapshot = false };
        repository.PublishOnly(RoleName.Root);
        var role = repository.Delegate(RoleName.Targets, "team", ["dir/*"]);
        repository.AddTarget(role, "dir/file", "content");
        repository.Publish(RoleName.Targets, role);
        await using var fixture = await DownloadFixture.StartAsync(repository);
        fixture.Host.HasHashPrefixes = false;

        var path = await fixture.DownloadAsync("dir/file");

        Assert.Equal("content", await File.ReadAllTextAsync(path));
        Assert.Equal(
            ["/metadata/2.root.json", "/metadata/3.root.json", "/metadata/timestamp.json", "/metadata/snapshot.json", "/metadata/targets.json", "/metadata/team.json", "/targets/dir/file"],
            fixture.Host.RawRequests);
    }

    // Without versions in names a newer file may already be there; only the listed one is accepted.
    [Theory]
    [InlineData("snapshot.json")]
    [InlineData("targets.json")]
    public async Task Refresh_WithoutConsistentSnapshotsAndAFileIsNewerThanListed_IsRefusedUntilTheParentNamesIt(string name)
    {
        repository.ListsHashes = false;
        repository.Root = repository.Root with { ConsistentSnapshot = false };
        repository.PublishOnly(RoleName.Root);
        repository.Publish(RoleName.Targets);
        using var client = new ClientFixture(repository);
        await client.RefreshAsync();
        var timestamp = repository.Files["timestamp.json"];
        repository.Publish(RoleName.Targets);
        if (name == "snapshot.json")
        {
            repository.Files["timestamp.json"] = MetadataCorruptor.Forge(timestamp, signed => signed["version"] = 9, repository.Signers[RoleName.Timestamp]);
            // The stored snapshot is still the listed one; a client without it meets the newer file.
            File.Delete(Path.Combine(client.CacheDirectory, name));
        }
        else
        {
            repository.Files[name] = MetadataCorruptor.Forge(repository.Files[name], signed => signed["version"] = 9, repository.Signers[RoleName.Targets]);
        }

        await client.RefusedAsync(TrustError.VersionMismatch, ["timestamp.json", "snapshot.json"]);

        repository.Publish(RoleName.Targets);
        repository.Timestamp = repository.Timestamp with { Version = 10 };
        repository.WriteTimestamp();
        Assert.Equal(4, (await client.RefreshAsync()).Metadata.Signed.Version);
    }

    [Fact]
    public async Task Download_ConsistentSnapshotsWithoutHashPrefixes_AsksForThePlainTargetOfAVersionedRepository()
    {
        repository.AddTarget(RoleName.Targets, "dir/file", "content");
        repository.Publish(RoleName.Targets);
        await using var fixture = await DownloadFixture.StartAsync(repository);
        fixture.Host.HasHashPrefixes = fixture.HasHashPrefixes = false;

        var path = await fixture.DownloadAsync("dir/file");

        Assert.Equal("content", await File.ReadAllTextAsync(path));
        Assert.Equal(["/targets/dir/file"], fixture.TargetRequests);
        Assert.Contains("/metadata/2.targets.json", fixture.Host.RawRequests);
    }

    [Fact]
    public async Task Download_PlainNameWithOtherContent_IsRefused()
    {
        repository.AddTarget(RoleName.Targets, "file", "content");
        repository.Publish(RoleName.Targets);
        repository.TargetFiles["file"] = "tampere"u8.ToArray();
        await using var fixture = await DownloadFixture.StartAsync(repository);
        fixture.Host.HasHashPrefixes = fixture.HasHashPrefixes = false;

        await Refusal.OfAsync(TrustError.HashMismatch, () => fixture.DownloadAsync("file"));

        Assert.False(Directory.Exists(fixture.Files));
    }
}
