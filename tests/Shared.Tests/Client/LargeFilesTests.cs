using System.Globalization;
using System.Text;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

/// <summary>Files of the size that is promised, and snapshots of one that nobody needs. Whoever has the timestamp key alone can list any length, and has every client read that much that nobody else signed.</summary>
public sealed class LargeFilesTests : IDisposable
{
    private const int MiB = 1024 * 1024;
    private const string FewestTokens = "\"{0:x}.json\":{{\"version\":1}},";

    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly ClientFixture client;

    public LargeFilesTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    [Theory]
    [InlineData(10_000)]
    [InlineData(MetadataLimits.MaxSnapshotRoles)]
    public async Task Refresh_SnapshotOfManyRoles_IsRead(int roles)
    {
        List(roles);

        var targets = await client.RefreshAsync();

        Assert.Equal(roles, targets.Snapshot.Metadata.Signed.Meta.Count);
    }

    [Fact]
    public async Task Find_AmongHundredThousandTagsInOneFile_IsFound()
    {
        var image = new TargetFile { Length = 12_345, Hashes = FileHashes.OfSha256([1]), Custom = JsonWriting.Element(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("media_type", "application/vnd.oci.image.manifest.v1+json");
            writer.WriteEndObject();
        }) };
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with
        {
            TargetFiles = Enumerable.Range(0, 100_000).ToDictionary(i => string.Create(CultureInfo.InvariantCulture, $"release-of-the-day-{i}"), _ => image),
        };
        repository.Publish(RoleName.Targets);

        Assert.NotNull(await client.FindAsync("release-of-the-day-99999"));
    }

    [Fact]
    public async Task Refresh_SnapshotOfOneRoleMore_IsRefused()
    {
        Serve(Unsigned(FewestTokens, "", MetadataLimits.MaxSnapshotRoles, int.MaxValue));

        var refusal = await client.RefusedAsync(TrustError.TooLarge, ["timestamp.json"]);

        Assert.Contains($"{MetadataLimits.MaxSnapshotRoles}", refusal.Message, StringComparison.Ordinal);
    }

    // Short tokens of every kind cost most for each byte; the second has few of them, and too many roles.
    [Theory]
    [InlineData(FewestTokens, "")]
    [InlineData("\"{0:x100}.json\":{{\"version\":1}},", "")]
    [InlineData("1,", "\"x\":[")]
    [InlineData("{{}},", "\"x\":[")]
    [InlineData("\"{0:x}\":1,", "\"x\":{")]
    [InlineData("\"\\u0078{0:x}\":1,", "\"x\":{")]
    public async Task Refresh_UnsignedSnapshotOfTheListedLength_CostsLittleMemory(string item, string opening)
    {
        var file = Unsigned(item, opening, int.MaxValue, VerificationLimits.Default.MaxListedSnapshotBytes);
        Serve(file);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<TrustException>(() => TufFormat.Instance.Read<Snapshot>(file, VerificationLimits.Default.MaxListedSnapshotBytes));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated < 128 * MiB, $"{allocated / MiB} MiB");
        await client.RefusedAsync(TrustError.TooLarge, ["timestamp.json"]);
    }

    [Fact]
    public async Task Refresh_TimestampListsMoreThanTheCeiling_NoMoreIsRead()
    {
        Serve(new byte[VerificationLimits.Default.MaxListedSnapshotBytes + 1]);

        await client.RefusedAsync(TrustError.TooLarge, ["timestamp.json"]);
    }

    private void List(int roles)
    {
        var listed = new MetaFile { Version = 1, Length = 12_345, Hashes = FileHashes.OfSha256([1]) };
        var meta = new Dictionary<RoleName, MetaFile>(repository.Snapshot.Meta);
        for (var i = meta.Count; i < roles; i++)
            meta.Add(RoleName.ParseDelegated(string.Create(CultureInfo.InvariantCulture, $"role-{i}")), listed);
        repository.Snapshot = repository.Snapshot with { Meta = meta };
        repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);
    }

    private void Serve(byte[] snapshot)
    {
        repository.Timestamp = repository.Timestamp with { SnapshotMeta = new MetaFile { Version = 1, Length = snapshot.Length } };
        repository.Files["1.snapshot.json"] = snapshot;
        repository.PublishTimestamp();
    }

    private static byte[] Unsigned(string item, string opening, int items, int bytes)
    {
        var format = CompositeFormat.Parse(item);
        var text = new StringBuilder("""{"signatures":[],"signed":{"_type":"snapshot","expires":"2036-01-01T00:00:00Z","meta":{"targets.json":{"version":1},""").Append(opening);
        for (var i = 0; i < items && text.Length < bytes - 400; i++)
            text.AppendFormat(CultureInfo.InvariantCulture, format, i);
        text.Length--;
        text.Append(opening switch { "" => "", _ when opening[^1] == '[' => "]", _ => "}" }).Append("""},"spec_version":"1.0","version":1}}""");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
