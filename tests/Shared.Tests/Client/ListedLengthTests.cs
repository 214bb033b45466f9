using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

/// <summary>Lengths and hashes that a parent lists, leaves out, or lists wrongly, for every file that can have them.</summary>
public sealed class ListedLengthTests : IDisposable
{
    private static readonly string[] Above = ["timestamp.json", "snapshot.json", "targets.json", "last-seen"];

    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly ClientFixture client;

    public ListedLengthTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    public static TheoryData<string, string> Combinations()
    {
        var data = new TheoryData<string, string>();
        foreach (var role in (string[])["snapshot", "targets", "team"])
        {
            foreach (var members in (string[])["", "length", "hashes", "length hashes"])
                data.Add(role, members);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task Find_ParentListsAnyOfLengthAndHashes_Works(string role, string members)
    {
        Publish(role, listed => listed with { Length = members.Contains("length", StringComparison.Ordinal) ? listed.Length : null, Hashes = members.Contains("hashes", StringComparison.Ordinal) ? listed.Hashes : null });

        Assert.NotNull(await client.FindAsync("dir/file"));
    }

    [Theory]
    [InlineData("snapshot", -1, TrustError.TooLarge)]
    [InlineData("snapshot", 1, TrustError.LengthMismatch)]
    [InlineData("targets", -1, TrustError.TooLarge)]
    [InlineData("targets", 1, TrustError.LengthMismatch)]
    [InlineData("team", -1, TrustError.TooLarge)]
    [InlineData("team", 1, TrustError.LengthMismatch)]
    public async Task Find_ListedLengthIsNotTheFiles_IsRefused(string role, int off, TrustError expected)
    {
        Publish(role, listed => listed with { Length = listed.Length + off, Hashes = null });

        await client.RefusedAsync(expected, Above[..(Array.IndexOf(Above, $"{role}.json") is var at and >= 0 ? at : Above.Length)], "dir/file");
    }

    // In both directions: a listed length takes the place of the client's own limit.
    [Theory]
    [InlineData("snapshot")]
    [InlineData("targets")]
    [InlineData("team")]
    public async Task Find_FileOverTheUnlistedLimit_IsReadOnlyIfItsLengthIsListed(string role)
    {
        client.Options = new() { Limits = VerificationLimits.Default with { MaxSnapshotBytes = 100, MaxTargetsBytes = 100 } };
        Publish(role, listed => listed);
        Assert.NotNull(await client.FindAsync("dir/file"));

        Publish(role, listed => listed with { Length = null });
        await client.RefusedAsync(TrustError.TooLarge, [.. Above, "team.json"], "dir/file");
    }

    // A listed length is no licence to send without end.
    [Theory]
    [InlineData("snapshot")]
    [InlineData("targets")]
    [InlineData("team")]
    public async Task Find_ListedLengthOverTheCeiling_ReadsNoMoreThanTheCeiling(string role)
    {
        client.Options = new() { Limits = VerificationLimits.Default with { MaxListedBytes = 8_000, MaxListedSnapshotBytes = 8_000 } };
        Publish(role, listed => listed with { Length = MaxLength, Hashes = null }, file => [.. file, .. new byte[8_000]]);

        await client.RefusedAsync(TrustError.TooLarge, Above, "dir/file");
    }

    [Theory]
    [InlineData(7, null)]
    [InlineData(6, TrustError.TooLarge)]
    [InlineData(8, TrustError.LengthMismatch)]
    [InlineData(0, TrustError.TooLarge)]
    public async Task Download_ListedLength_IsExact(int length, TrustError? expected)
    {
        repository.AddTarget(RoleName.Targets, "dir/file", "content");
        repository.AddTarget(RoleName.Targets, "dir/file", repository.Targets[RoleName.Targets].TargetFiles["dir/file"] with { Length = length });
        repository.Publish(RoleName.Targets);
        await using var fixture = await DownloadFixture.StartAsync(repository);

        if (expected is { } code)
            await Refusal.OfAsync(code, () => fixture.DownloadAsync("dir/file"));
        else
            Assert.Equal("content", await File.ReadAllTextAsync(await fixture.DownloadAsync("dir/file")));

        Assert.Equal(expected is null, Directory.Exists(fixture.Files));
    }

    private const long MaxLength = 9_007_199_254_740_991;

    // Publishes a delegated role with a target; what the parent of one file says of it is changed before the parent is signed.
    private void Publish(string role, Func<MetaFile, MetaFile> list, Func<byte[], byte[]>? serve = null)
    {
        var team = RoleName.Parse("team");
        if (!repository.Targets.ContainsKey(team))
            repository.Delegate(RoleName.Targets, "team", ["dir/*"]);
        repository.AddTarget(team, "dir/file", "content");
        repository.PublishOnly(team, RoleName.Targets);
        if (role != "snapshot")
        {
            var name = RoleName.Parse(role);
            repository.Snapshot = repository.Snapshot with { Meta = new Dictionary<RoleName, MetaFile>(repository.Snapshot.Meta) { [name] = list(repository.Snapshot.Meta[name]) } };
        }
        repository.PublishOnly(RoleName.Snapshot);
        if (role == "snapshot")
            repository.Timestamp = repository.Timestamp with { SnapshotMeta = list(repository.Timestamp.SnapshotMeta) };
        repository.PublishTimestamp();
        foreach (var file in repository.Files.Keys.Where(name => serve is not null && name.EndsWith($".{role}.json", StringComparison.Ordinal)).ToList())
            repository.Files[file] = serve!(repository.Files[file]);
    }
}
