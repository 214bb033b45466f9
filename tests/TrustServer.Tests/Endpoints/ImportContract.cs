using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Server.Background;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>Taking over repositories of other servers.</summary>
public abstract class ImportContract(PostgresFixture? postgres) : IAsyncLifetime
{
    private const string Name = "registry.example.com/moved/app";
    private const string Path = $"/api/v1/repositories/{Name}";

    private TestServer server = null!;
    private RepositorySimulator origin = null!;

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync(postgres);
        origin = new RepositorySimulator(server.Clock.GetUtcNow());
        origin.AddTarget(RoleName.Targets, "1.0", "content");
        origin.Publish(RoleName.Targets);
        origin.Rotate(RoleName.Root);
        origin.Rotate(RoleName.Timestamp);
        origin.PublishTimestamp();
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Import_WholeChain_ServesItsBytesAndEveryRoot()
    {
        var answer = await (await ImportAsync()).JsonAsync();

        Assert.Equal("tuf", (string?)answer["format"]);
        Assert.Equal([1L, 3L], answer["roots"]!.AsArray().Select(version => (long)version!));
        Assert.True((bool)answer["isNew"]!);
        Assert.True((bool)answer["isReadOnly"]!);
        foreach (var name in (string[])["1.root.json", "2.root.json", "3.root.json", "root.json", "timestamp.json", $"{origin.Snapshot.Version}.snapshot.json", "2.targets.json"])
            Assert.Equal(origin.Files[name], await server.Client.GetByteArrayAsync($"/tuf/{Name}/metadata/{name}"));
        var detail = await DetailAsync();
        Assert.True((bool)detail["isReadOnly"]!);
        Assert.Equal(origin.Expires.UtcDateTime, ((DateTimeOffset)detail["servedUntil"]!).UtcDateTime);
        Assert.Equal(1, (int)detail["targetCount"]!);
        Assert.Contains(server.Logs.Lines, line => line.Contains($"Imported {Name}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_SameAgain_ChangesNothing()
    {
        await ImportAsync();

        var again = await (await ImportAsync()).JsonAsync();

        Assert.False((bool)again["isNew"]!);
        Assert.Single((await (await server.Client.GetAsync("/api/v1/changes")).JsonAsync())["changes"]!.AsArray());
    }

    [Fact]
    public async Task Import_LaterFilesOfTheSameChain_GoOnTop_AndNothingGoesBack()
    {
        await ImportAsync();
        var former = Parts();
        origin.AddTarget(RoleName.Targets, "1.1", "more");
        origin.Publish(RoleName.Targets);

        Assert.True((bool)(await (await ImportAsync()).JsonAsync())["isNew"]!);
        var before = await server.Client.GetByteArrayAsync($"/tuf/{Name}/metadata/timestamp.json");
        await SendAsync(former).RefusedAsync(TrustError.RepositoryExists);

        Assert.Equal(origin.Files["timestamp.json"], before);
        Assert.Equal(2, (int)(await DetailAsync())["targetCount"]!);
        await server.Client.UnmovedAsync($"/tuf/{Name}/metadata", before);
    }

    [Fact]
    public async Task Import_OverAnotherRepository_IsRefused()
    {
        await ImportAsync();
        var before = await server.Client.GetByteArrayAsync($"/tuf/{Name}/metadata/timestamp.json");
        origin = new RepositorySimulator(server.Clock.GetUtcNow());
        origin.Rotate(RoleName.Root);
        origin.Rotate(RoleName.Timestamp);
        origin.PublishTimestamp();
        origin.PublishTimestamp();

        await SendAsync(Parts()).RefusedAsync(TrustError.RepositoryExists);

        await server.Client.UnmovedAsync($"/tuf/{Name}/metadata", before);
    }

    [Fact]
    public async Task Import_AfterEverythingExpired_IsTakenAndSaysUntilWhen()
    {
        server.Clock.Advance(TimeSpan.FromDays(400));

        var answer = await (await ImportAsync()).JsonAsync();

        Assert.Equal(origin.Expires.UtcDateTime, ((DateTimeOffset)answer["servedUntil"]!).UtcDateTime);
    }

    [Fact]
    public async Task Import_ThenPublish_IsRefusedUntilARootListsThisServersKeys()
    {
        await ImportAsync();
        origin.AddTarget(RoleName.Targets, "1.1", "more");
        origin.Publish(RoleName.Targets);
        using var content = Multipart(("targets", origin.Files["targets.json"]));

        await server.Client.PostAsync($"/tuf/{Name}/metadata", content).RefusedAsync(TrustError.OnlineKeyUnavailable);
    }

    [Fact]
    public async Task Import_WithoutKeysOfThisServer_IsNoAlarmOfTheRenewal()
    {
        await ImportAsync();
        server.Clock.Advance(TimeSpan.FromDays(29));

        var report = await server.Services.GetRequiredService<MetadataRenewer>().RenewDueAsync(CancellationToken.None);

        Assert.Equal((0, 0), (report.Renewed, report.Refused));
        Assert.Equal(origin.Files["timestamp.json"], await server.Client.GetByteArrayAsync($"/tuf/{Name}/metadata/timestamp.json"));
    }

    [Theory]
    [InlineData("2.root", TrustError.VersionMismatch)]
    [InlineData("targets", TrustError.MalformedRequest)]
    [InlineData("timestamp", TrustError.MalformedRequest)]
    public async Task Import_PartMissing_IsRefusedAndLeavesNothing(string part, TrustError error)
    {
        await SendAsync([.. Parts().Where(other => other.Name != part)]).RefusedAsync(error);
        await server.Client.GetAsync(Path).RefusedAsync(TrustError.RepositoryUnknown);
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    [InlineData("3.root")]
    public async Task Import_OneByteChanged_IsRefusedAndLeavesNothing(string part)
    {
        var parts = Parts();
        var at = Array.FindIndex(parts, other => other.Name == part);
        var damaged = (byte[])parts[at].Data.Clone();
        var digit = damaged.AsSpan().IndexOf("\"sig\":\""u8) + 10;
        damaged[digit] = damaged[digit] == (byte)'0' ? (byte)'1' : (byte)'0';
        parts[at] = (part, damaged);

        using var answer = await SendAsync(parts);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        await server.Client.GetAsync(Path).RefusedAsync(TrustError.RepositoryUnknown);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("TARGETS")]
    public async Task Import_PartOfAnUnknownName_IsRefused(string name)
    {
        using var answer = await SendAsync([.. Parts(), (name, origin.Files["root.json"])]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Import_MoreFilesThanOnePublishMayHave_IsTakenUpToItsOwnLimit()
    {
        for (var version = 4; version <= 70; version++)
            origin.Rotate(RoleName.Timestamp);
        origin.PublishTimestamp();
        (string Name, byte[] Data)[] parts = [.. Parts().Where(part => !part.Name.EndsWith(".root", StringComparison.Ordinal)), .. Enumerable.Range(1, 70).Select(version => ($"{version}.root", origin.Files[$"{version}.root.json"]))];

        using var answer = await SendAsync(parts);
        using var refused = await SendAsync([.. Enumerable.Range(1, 4757).Select(version => ($"{version}.root", "{}"u8.ToArray()))]);

        Assert.Equal([1L, 70L], (await answer.JsonAsync())["roots"]!.AsArray().Select(version => (long)version!));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Contains("Limits:MaxRoles", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> ImportAsync()
    {
        var answer = await SendAsync(Parts());
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return answer;
    }

    private async Task<HttpResponseMessage> SendAsync((string Name, byte[] Data)[] parts)
    {
        using var content = Multipart(parts);
        return await server.Client.PostAsync($"{Path}/import", content);
    }

    private (string Name, byte[] Data)[] Parts() =>
    [
        ("timestamp", origin.Files["timestamp.json"]), ("3.root", origin.Files["3.root.json"]), ("1.root", origin.Files["1.root.json"]),
        ("snapshot", origin.Files["snapshot.json"]), ("targets", origin.Files["targets.json"]), ("2.root", origin.Files["2.root.json"]),
    ];

    private static MultipartFormDataContent Multipart(params (string Name, byte[] Data)[] parts)
    {
        var content = new MultipartFormDataContent();
        foreach (var (name, data) in parts)
        {
            var part = new ByteArrayContent(data);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            content.Add(part, "files", name);
        }
        return content;
    }

    private async Task<JsonObject> DetailAsync() => await (await server.Client.GetAsync(Path)).JsonAsync();
}
