using System.Text;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Testing.Processes;

namespace TrustService.EndToEnd.Tests.Images;

/// <summary>What verify must refuse, with the exit code that tells a pipeline why, and without printing anything that could be pulled.</summary>
public sealed class RefusalTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    [Fact]
    public async Task Verify_TagMovedInTheRegistry_IsADigestMismatch()
    {
        var repository = await world.NewRepositoryAsync();
        var signed = await world.PushAndSignAsync(repository, "1.0");
        var moved = world.Push(repository, "1.0");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);

        var refused = (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", root)).Refuses(13, moved.Digest.ToString());

        Assert.Contains(signed.Digest.ToString(), refused.Messages, StringComparison.Ordinal);
        // Without a look at the registry the signed digest is still what may be pulled.
        Assert.Equal($"{repository}@{signed.Digest}", (await verifier.DoAsync("verify", "--no-registry", $"{repository}:1.0", "--root", root)).Line);
    }

    [Fact]
    public async Task Verify_NeverSignedTagOrRepository_IsUnsigned()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        world.Push(repository, "2.0");
        var stranger = world.NewName();
        world.Push(stranger, "1.0");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);

        (await verifier.RunAsync("verify", $"{repository}:2.0", "--root", root)).Refuses(10, "'2.0' is not signed");
        (await verifier.RunAsync("verify", $"{stranger}:1.0", "--root", $"root:1:sha256:{new string('0', 64)}")).Refuses(10, "no root 1");
    }

    [Fact]
    public async Task Verify_UnderAnotherRoot_IsUntrusted()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        using var verifier = world.NewVerifier();
        var other = await world.NewRepositoryAsync();

        (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", await world.Owner.ExportRootAsync(other))).Refuses(11, "untrusted");
    }

    [Theory]
    [InlineData("timestamp.json", "timestamp")]
    [InlineData("2.snapshot.json", "snapshot")]
    [InlineData("2.targets.json", "targets")]
    public async Task Verify_OneByteOfAFileAltered_IsUntrusted(string file, string role)
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        await using var proxy = await TrustProxy.StartAsync(world.Server);
        using var verifier = world.NewVerifier(proxy.Url);
        var root = await world.Owner.ExportRootAsync(repository);
        proxy.Changes.Edit(file, AlterOneDigit);

        (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", root)).Refuses(11, role);

        // The refused file did no harm: with an honest server the next run succeeds.
        proxy.Changes.Clear();
        await verifier.DoAsync("verify", $"{repository}:1.0", "--root", root);
    }

    [Fact]
    public async Task Verify_TimestampWithoutItsSignature_IsBelowTheThreshold()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        await using var proxy = await TrustProxy.StartAsync(world.Server);
        using var verifier = world.NewVerifier(proxy.Url);
        proxy.Changes.Edit("timestamp.json", file => Signed.Without(file));

        var refused = await verifier.RunAsync("verify", $"{repository}:1.0", "--root", await world.Owner.ExportRootAsync(repository));

        refused.Refuses(11, "0 of 1");
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public async Task Verify_OlderFilesReplayed_AreRefusedAndTheNewerStayTrusted(string role)
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        var older = await FilesAsync(repository, 2);
        var newer = await world.PushAndSignAsync(repository, "1.0");
        await using var proxy = await TrustProxy.StartAsync(world.Server);
        using var verifier = world.NewVerifier(proxy.Url);
        var root = await world.Owner.ExportRootAsync(repository);
        if (role == "timestamp")
            await verifier.DoAsync("verify", $"{repository}:1.0", "--root", root);
        proxy.Changes.Replace(role == "timestamp" ? "timestamp.json" : $"3.{role}.json", older[role]);

        (await verifier.RunAsync("verify", "--no-registry", $"{repository}:1.0", "--root", root)).Refuses(11, role);

        proxy.Changes.Clear();
        Assert.Equal($"{repository}@{newer.Digest}", (await verifier.DoAsync("verify", $"{repository}:1.0", "--root", root)).Line);
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public async Task Verify_RollbackSignedWithAStolenOnlineKey_IsRefused(string role)
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        var older = await FilesAsync(repository, 2);
        var newer = await world.PushAndSignAsync(repository, "1.0");
        var current = await FilesAsync(repository, 3);
        await using var proxy = await TrustProxy.StartAsync(world.Server);
        using var verifier = world.NewVerifier(proxy.Url);
        var root = await world.Owner.ExportRootAsync(repository);
        await verifier.DoAsync("verify", $"{repository}:1.0", "--root", root);
        var rootFile = await File.ReadAllBytesAsync(root);
        if (role == "snapshot")
        {
            // A newer timestamp that names the older snapshot.
            var old = Signed.Read<Timestamp>(older["timestamp"]).SnapshotMeta;
            proxy.Changes.Replace("timestamp.json", world.StolenKey.Timestamp(rootFile, current["timestamp"], t => t with { Version = t.Version + 1, SnapshotMeta = old }));
        }
        else
        {
            // A newer snapshot that lists the older targets, and a newer timestamp that names it.
            var old = Signed.Read<Snapshot>(older["snapshot"]).Meta;
            var snapshot = world.StolenKey.Snapshot(rootFile, current["snapshot"], s => s with { Version = s.Version + 1, Meta = old });
            proxy.Changes.Replace("4.snapshot.json", snapshot);
            proxy.Changes.Replace("timestamp.json", world.StolenKey.Timestamp(rootFile, current["timestamp"], t => t with { Version = t.Version + 1, SnapshotMeta = Signed.Describe<Snapshot>(snapshot) }));
        }

        (await verifier.RunAsync("verify", "--no-registry", $"{repository}:1.0", "--root", root)).Refuses(11, role);

        // Two honest publishes are newer than the one timestamp that the thief could get accepted.
        proxy.Changes.Clear();
        await world.PushAndSignAsync(repository, "1.1");
        await world.PushAndSignAsync(repository, "1.2");
        Assert.Equal($"{repository}@{newer.Digest}", (await verifier.DoAsync("verify", $"{repository}:1.0", "--root", root)).Line);
    }

    [Fact]
    public async Task Verify_ExpiredTimestamp_IsStale()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        await using var proxy = await TrustProxy.StartAsync(world.Server);
        using var verifier = world.NewVerifier(proxy.Url);
        var root = await world.Owner.ExportRootAsync(repository);
        var expired = await ExpiredTimestampAsync(repository, root);
        proxy.Changes.Replace("timestamp.json", expired);

        (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", root)).Refuses(12, "timestamp");
        Assert.Equal("expired", (await verifier.RunAsync("verify", "-o", "json", $"{repository}:1.0", "--root", root)).Exits(12).Json[0].GetProperty("error").GetProperty("code").GetString());

        proxy.Changes.Clear();
        await verifier.DoAsync("verify", $"{repository}:1.0", "--root", root);
    }

    [Fact]
    public async Task Verify_OfflineFromACacheThatHasExpired_IsStale()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        await using var proxy = await TrustProxy.StartAsync(world.Server);
        using var verifier = world.NewVerifier(proxy.Url);
        var root = await world.Owner.ExportRootAsync(repository);
        // Valid for a few seconds: fresh while it is fetched, expired when it is used offline.
        var seconds = TimeSpan.FromSeconds(6);
        var rootFile = await File.ReadAllBytesAsync(root);
        var expires = DateTimeOffset.FromUnixTimeSeconds((DateTimeOffset.UtcNow + seconds).ToUnixTimeSeconds());
        proxy.Changes.Replace("timestamp.json", world.StolenKey.Timestamp(rootFile, await world.Server.ReadAsync(repository, "timestamp.json"), t => t with { Version = t.Version + 1, Expires = expires }));
        await verifier.DoAsync("verify", $"{repository}:1.0", "--root", root);
        await verifier.DoAsync("verify", "--offline", $"{repository}:1.0", "--root", root);

        while (DateTimeOffset.UtcNow < expires)
            await Task.Delay(TimeSpan.FromMilliseconds(100));

        (await verifier.RunAsync("verify", "--offline", $"{repository}:1.0", "--root", root)).Refuses(12, "timestamp");
    }

    [Fact]
    public async Task Verify_OlderThanMaxAge_IsStale()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);

        await verifier.DoAsync("verify", "--max-age", "1h", $"{repository}:1.0", "--root", root);
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        (await verifier.RunAsync("verify", "--max-age", "1s", $"{repository}:1.0", "--root", root)).Refuses(12, "timestamp");
    }

    [Fact]
    public async Task Verify_TrustServerDown_IsUnreachable()
    {
        var repository = await world.NewRepositoryAsync();
        await world.PushAndSignAsync(repository, "1.0");
        var root = await world.Owner.ExportRootAsync(repository);
        using var verifier = world.NewVerifier($"https://127.0.0.1:{FreePort.Next()}");

        (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", root)).Refuses(14, "cannot be reached");
    }

    [Fact]
    public async Task Verify_RegistryDown_IsUnreachable()
    {
        var repository = $"127.0.0.1:{FreePort.Next()}/team/app";
        await world.Owner.DoAsync("init", repository, "-y");
        using var layout = new TestDirectory();
        var image = new ImageLayoutBuilder(layout.FullPath).AddImage("1.0", new Dictionary<string, string> { ["a"] = "b" });
        await world.Owner.DoAsync("sign", "-y", $"oci:{layout.FullPath}:1.0", "--as", $"{repository}:1.0");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);

        (await verifier.RunAsync("verify", $"{repository}:1.0", "--root", root)).Refuses(14, "registry");
        (await world.Owner.RunAsync("sign", "-y", $"{repository}:1.1")).Refuses(14, "registry");
        // A digest needs no registry.
        Assert.Equal($"{repository}@{image.Digest}", (await verifier.DoAsync("verify", $"{repository}:1.0@{image.Digest}", "--root", root)).Line);
    }

    [Fact]
    public async Task Verify_SeveralReferences_EndsWithTheWorst()
    {
        var repository = await world.NewRepositoryAsync();
        var good = await world.PushAndSignAsync(repository, "1.0");
        await world.PushAndSignAsync(repository, "moved");
        world.Push(repository, "moved");
        using var verifier = world.NewVerifier();
        var root = await world.Owner.ExportRootAsync(repository);

        var result = (await verifier.RunAsync("verify", $"{repository}:1.0", $"{repository}:none", $"{repository}:moved", "--root", root)).Exits(13);

        Assert.Equal($"{repository}@{good.Digest}", result.Line);
    }

    private static byte[] AlterOneDigit(byte[] file)
    {
        // A digit inside the signed part, which stays JSON: the first one of a hash, length or version.
        var text = Encoding.UTF8.GetString(file);
        var at = text.IndexOf("\"version\"", StringComparison.Ordinal);
        at = text.IndexOfAny("123456789".ToCharArray(), at);
        return Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, at), text[at] == '9' ? "8" : "9", text.AsSpan(at + 1)));
    }

    private async Task<byte[]> ExpiredTimestampAsync(string repository, string root) => world.StolenKey.Timestamp(
        await File.ReadAllBytesAsync(root),
        await world.Server.ReadAsync(repository, "timestamp.json"),
        timestamp => timestamp with { Version = timestamp.Version + 1, Expires = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(-2).ToUnixTimeSeconds()) });

    private async Task<Dictionary<string, byte[]>> FilesAsync(string repository, int version) => new()
    {
        ["timestamp"] = await world.Server.ReadAsync(repository, "timestamp.json"),
        ["snapshot"] = await world.Server.ReadAsync(repository, $"{version}.snapshot.json"),
        ["targets"] = await world.Server.ReadAsync(repository, $"{version}.targets.json"),
    };
}
