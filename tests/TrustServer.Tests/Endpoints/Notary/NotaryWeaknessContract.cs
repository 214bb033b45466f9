using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Server.Background;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints.Notary;

/// <summary>What the first servers of this protocol got wrong: crashes, mixed repositories, unbounded memory, lost keys. One test each, on each database.</summary>
public abstract class NotaryWeaknessContract(PostgresFixture? postgres)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task Keys_ManyFirstReadersAtOnce_AllGetTheSameKey()
    {
        const int Readers = 64;
        await using var server = await TestServer.StartAsync(postgres);

        var keys = await Task.WhenAll(Enumerable.Range(0, Readers).Select(i => server.Client.GetStringAsync($"/v2/many/{i % 4}/_trust/tuf/{(i % 8 < 4 ? "timestamp" : "snapshot")}.key")));

        Assert.Equal(8, keys.Distinct().Count());
        Assert.All(keys, key => Assert.True(JsonNode.Parse(key)!["keyval"]!.AsObject().ContainsKey("private")));
    }

    [Fact]
    public async Task Files_ManyFirstReadersAtOnce_AllGetTheFile()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client, "1.0");
        var sha256 = NotaryJson.Sha256Hex(await owner.ReadAsync(server.Client, "targets.json"));
        await server.RestartAsync();

        var files = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => owner.ReadAsync(server.Client, i % 2 == 0 ? $"targets.{sha256}.json" : "timestamp.json")));

        Assert.Equal(2, files.Select(file => NotaryJson.Sha256Hex(file)).Distinct().Count());
    }

    [Fact]
    public async Task Checksum_OfAnotherRepositoryOrRole_IsNotFound()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        using var other = new NotaryOwner(server.Clock, "registry.example.com/team/other");
        await owner.InitAsync(server.Client, "1.0");
        await other.InitAsync(server.Client, "2.0");
        var sha256 = NotaryJson.Sha256Hex(await owner.ReadAsync(server.Client, "targets.json"));
        await owner.ReadAsync(server.Client, $"targets.{sha256}.json");

        await server.Client.GetAsync($"{other.Path}targets.{sha256}.json").NotFoundAsync();
        await server.Client.GetAsync($"{owner.Path}root.{sha256}.json").NotFoundAsync();
        await server.Client.GetAsync($"{owner.Path}targets/releases.{sha256}.json").NotFoundAsync();
    }

    [Fact]
    public async Task File_ThatIsNotThere_IsNotFoundAndNoFailure()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);

        foreach (var file in (string[])["0.root.json", "00.root.json", "2.root.json", "9223372036854775807.targets.json", "targets/unknown.json", "1.targets/unknown.json", $"targets/unknown.{new string('a', 64)}.json"])
            await server.Client.GetAsync(owner.Path + file).NotFoundAsync();
    }

    [Fact]
    public async Task Delete_OfOneRepository_LeavesThoseWhoseNamesBeginLikeIt()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock, "a/del");
        using var longer = new NotaryOwner(server.Clock, "a/del2");
        using var below = new NotaryOwner(server.Clock, "a/del/x");
        using var upper = new NotaryOwner(server.Clock, "a/DEL");
        foreach (var each in (NotaryOwner[])[owner, longer, below, upper])
            await each.InitAsync(server.Client);

        await server.Client.DeleteAsync(owner.Path).OkAsync();

        foreach (var file in (string[])["root.json", "1.root.json", "timestamp.json"])
            await server.Client.GetAsync(owner.Path + file).NotFoundAsync();
        foreach (var each in (NotaryOwner[])[longer, below, upper])
            Assert.Equal(1, await each.VersionAsync(server.Client, "timestamp"));
    }

    [Fact]
    public async Task Delete_OfWhatIsNotThere_IsHarmlessAndNoChange()
    {
        await using var server = await TestServer.StartAsync(postgres);
        await server.Client.DeleteAsync("/v2/nothing/here/_trust/tuf/").OkAsync();
        Assert.Equal("""{"count":0,"records":[]}""", await server.Client.GetStringAsync("/v2/_trust/changefeed?records=10"));
    }

    [Fact]
    public async Task Upload_TooLarge_IsRefusedBeforeItIsRead()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);
        var (status, body) = await RawHttp.SendAsync(
            server.Client.BaseAddress!,
            $"POST {owner.Path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 157286400\r\n\r\n--b\r\n");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("at most 33554432 are read", body, StringComparison.Ordinal);

        var content = new EndlessContent(200 * 1024 * 1024);
        using var endless = new HttpRequestMessage(HttpMethod.Post, owner.Path) { Content = content };
        try
        {
            using var answer = await server.Client.SendAsync(endless);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server hung up on a body that it had refused.
        }
        await owner.PublishAsync(server.Client, ("targets", new byte[9 * 1024 * 1024])).InvalidUpdateAsync("ErrBadTargets");
        await owner.PublishAsync(server.Client, [.. Enumerable.Range(0, 5000).Select(i => ($"targets/r{i}", "{}"u8.ToArray()))]).InvalidUpdateAsync("ErrValidation");
        Assert.InRange(content.Sent, 0, 64 * 1024 * 1024);
        Assert.Equal(1, await owner.VersionAsync(server.Client, "timestamp"));
    }

    [Fact]
    public async Task Upload_CutOff_IsMalformedAndHarmless()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);
        var whole = $"--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"targets\"\r\n\r\n{Encoding.UTF8.GetString(owner.TargetsFile(2))}\r\n--b--\r\n";

        foreach (var cut in (int[])[0, 1, 5, 40, 80, 200, whole.Length - 12, whole.Length - 6])
        {
            var (status, body) = await RawHttp.SendAsync(
                server.Client.BaseAddress!,
                $"POST {owner.Path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {cut}\r\n\r\n{whole[..cut]}");
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("MALFORMED_UPLOAD", body, StringComparison.Ordinal);
        }
        Assert.Equal(1, await owner.VersionAsync(server.Client, "timestamp"));
    }

    [Fact]
    public async Task Metadata_WrittenInAnotherWay_IsServedAndHashedAsItCame()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);
        var targets = NotaryOwner.Targets(owner.Expires(900), 2, "1.0");
        targets["x-more"] = new JsonObject { ["of"] = "another tool" };
        var pretty = JsonSerializer.SerializeToUtf8Bytes(JsonNode.Parse(NotaryOwner.File(targets, owner.TargetsKey)), Indented);

        await owner.PublishAsync(server.Client, ("targets", pretty)).OkAsync();

        Assert.Equal(pretty, await owner.ReadAsync(server.Client, "targets.json"));
        Assert.Equal(pretty, await owner.ReadAsync(server.Client, $"targets.{NotaryJson.Sha256Hex(pretty)}.json"));
        var listed = (await owner.SignedAsync(server.Client, "snapshot.json"))["meta"]!["targets"]!;
        Assert.Equal(NotaryJson.Sha256Hex(pretty), Convert.ToHexStringLower(Convert.FromBase64String((string)listed["hashes"]!["sha256"]!)));
        Assert.Equal(pretty.Length, (int?)listed["length"]);
    }

    [Fact]
    public async Task Snapshot_ByAClientThatPointsBack_IsRefused()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock, holdsSnapshotKey: true);
        await owner.InitAsync(server.Client, "old");
        var (root, old) = (await owner.ReadAsync(server.Client, "root.json"), await owner.ReadAsync(server.Client, "targets.json"));
        var current = owner.TargetsFile(2, "new");
        await owner.PublishAsync(server.Client, ("targets", current), ("snapshot", owner.SnapshotFile(2, ("root", root), ("targets", current)))).OkAsync();

        await owner.PublishAsync(server.Client, ("snapshot", owner.SnapshotFile(3, ("root", root), ("targets", old)))).InvalidUpdateAsync("ErrBadSnapshot");
        await owner.PublishAsync(server.Client, ("snapshot", owner.SnapshotFile(3, ("root", root)))).InvalidUpdateAsync("ErrBadSnapshot");

        Assert.Equal((2, current.Length), (await owner.VersionAsync(server.Client, "snapshot"), (await owner.ReadAsync(server.Client, "targets.json")).Length));
    }

    [Fact]
    public async Task Keys_AfterARestart_AreTheSameAndSign()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        var pending = await server.Client.GetStringAsync("/v2/waiting/_trust/tuf/timestamp.key");
        await owner.InitAsync(server.Client);
        var active = await server.Client.GetStringAsync(owner.Path + "timestamp.key");

        await server.RestartAsync();

        Assert.Equal((pending, active), (await server.Client.GetStringAsync("/v2/waiting/_trust/tuf/timestamp.key"), await server.Client.GetStringAsync(owner.Path + "timestamp.key")));
        await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(2))).OkAsync();
    }

    [Fact]
    public async Task Key_AskedForAgain_IsTheSameUntilARootListsIt()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        var first = await server.Client.GetStringAsync(owner.Path + "timestamp.key");
        Assert.Equal(first, await server.Client.GetStringAsync(owner.Path + "timestamp.key"));
        Assert.Equal(first, await (await server.Client.PostAsync(owner.Path + "timestamp.key", null)).Content.ReadAsStringAsync());
        await owner.InitAsync(server.Client);

        var next = await (await server.Client.PostAsync(owner.Path + "timestamp.key", null)).Content.ReadAsStringAsync();

        Assert.NotEqual(first, next);
        Assert.Equal(next, await (await server.Client.PostAsync(owner.Path + "timestamp.key", null)).Content.ReadAsStringAsync());
        Assert.Equal(first, await server.Client.GetStringAsync(owner.Path + "timestamp.key"));
        await owner.AskForKeysAsync(server.Client, isNew: true);
        await owner.PublishAsync(server.Client, ("root", owner.RootFile(2))).OkAsync();
        Assert.Equal(next, await server.Client.GetStringAsync(owner.Path + "timestamp.key"));
    }

    [Fact]
    public async Task Reading_AnExpiredTimestamp_WritesNothing()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        await owner.InitAsync(server.Client);
        var (timestamp, feed) = (await owner.ReadAsync(server.Client, "timestamp.json"), await server.Client.GetStringAsync("/v2/_trust/changefeed?records=100"));
        server.Clock.Advance(TimeSpan.FromDays(200));

        foreach (var file in (string[])["timestamp.json", "snapshot.json", "root.json", "timestamp.key", "snapshot.key"])
            Assert.True((await server.Client.GetAsync(owner.Path + file)).IsSuccessStatusCode);

        Assert.Equal(timestamp, await owner.ReadAsync(server.Client, "timestamp.json"));
        Assert.Equal(feed, await server.Client.GetStringAsync("/v2/_trust/changefeed?records=100"));
    }

    [Fact]
    public async Task Renewal_SignsBeforeExpiry_AndTheTimestampAloneWhereTheOwnerHoldsTheSnapshotKey()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var owner = new NotaryOwner(server.Clock);
        using var holder = new NotaryOwner(server.Clock, "client/held", holdsSnapshotKey: true);
        await owner.InitAsync(server.Client);
        await holder.InitAsync(server.Client);
        var snapshot = await holder.ReadAsync(server.Client, "snapshot.json");
        server.Clock.Advance(TimeSpan.FromDays(80));

        Assert.Equal(new RenewalReport(2, 0), await RenewAsync(server));
        Assert.Equal((2, 2), (await owner.VersionAsync(server.Client, "snapshot"), await owner.VersionAsync(server.Client, "timestamp")));
        Assert.Equal((1, 2), (await holder.VersionAsync(server.Client, "snapshot"), await holder.VersionAsync(server.Client, "timestamp")));
        Assert.Equal(snapshot, await holder.ReadAsync(server.Client, "snapshot.json"));
    }

    [Fact]
    public async Task Renewal_OfASnapshotThatOnlyItsOwnerCanSign_IsNoAlarm()
    {
        await using var server = await TestServer.StartAsync(postgres);
        using var holder = new NotaryOwner(server.Clock, holdsSnapshotKey: true);
        await holder.InitAsync(server.Client);
        server.Clock.Advance(TimeSpan.FromDays(990));
        Assert.Equal(new RenewalReport(1, 0), await RenewAsync(server));
        // The snapshot ends soon, and later has ended; the timestamp is fresh.
        Assert.Equal(new RenewalReport(0, 0), await RenewAsync(server));
        server.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(new RenewalReport(0, 0), await RenewAsync(server));

        Assert.DoesNotContain(server.Logs.Lines, line => line.Contains("CannotRenew", StringComparison.Ordinal));
        Assert.Equal(2, await holder.VersionAsync(server.Client, "timestamp"));
    }

    private static Task<RenewalReport> RenewAsync(TestServer server) => server.Services.GetRequiredService<MetadataRenewer>().RenewDueAsync(CancellationToken.None);

    /// <summary>A part that goes on for so many bytes, in chunks, without a length.</summary>
    private sealed class EndlessContent : HttpContent
    {
        private readonly long length;

        public EndlessContent(long length)
        {
            this.length = length;
            Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        }

        /// <summary>Bytes that the server, and the buffers on the way to it, have taken.</summary>
        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"targets\"\r\n\r\n"u8.ToArray());
            var chunk = new byte[64 * 1024];
            for (; Sent < length; Sent += chunk.Length)
                await stream.WriteAsync(chunk);
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = 0;
            return false;
        }
    }
}
