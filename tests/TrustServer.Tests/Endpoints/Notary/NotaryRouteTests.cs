using System.Net;
using System.Text;

namespace TrustService.Server.Tests.Endpoints.Notary;

/// <summary>Routes, methods, headers and names, as clients and odd clients use them.</summary>
public sealed class NotaryRouteTests : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    internal NotaryOwner Owner { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync();
        Owner = new NotaryOwner(Server.Clock);
    }

    public async Task DisposeAsync()
    {
        Owner.Dispose();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task Ping_Answers()
    {
        Assert.Equal("{}", await Server.Client.GetStringAsync("/v2/"));
        Assert.Equal("{}", await Server.Client.GetStringAsync("/_notary_server/health"));
    }

    [Theory]
    [InlineData("GET", "/v2")]
    [InlineData("GET", "/v2/a")]
    [InlineData("GET", "/v2/a/_trust/tuf/")]
    [InlineData("GET", "/v2/a/_trust/tuf/root.key")]
    [InlineData("POST", "/v2/a/_trust/tuf")]
    [InlineData("POST", "/v2/a/_trust/tuf/targets.key")]
    [InlineData("PUT", "/v2/a/_trust/tuf/root.json")]
    [InlineData("DELETE", "/v2/a/_trust/tuf/root.json")]
    public async Task Path_OfNothing_IsNotFoundWithoutDetail(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        Assert.Null((await Server.Client.SendAsync(request).NotFoundAsync())["detail"]);
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    public async Task Method_OfNoRoute_Is405(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Owner.Path);
        using var answer = await Server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync());
        Assert.Contains("GET", answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/v2/a//b/_trust/tuf/root.json", "/v2/a/b/_trust/tuf/root.json")]
    [InlineData("/v2/a/./b/_trust/tuf/root.json?x=1", "/v2/a/b/_trust/tuf/root.json?x=1")]
    [InlineData("/v2/a/../b/_trust/tuf/root.json", "/v2/b/_trust/tuf/root.json")]
    [InlineData("/v2/a/%2e%2e/b/_trust/tuf/root.json", "/v2/b/_trust/tuf/root.json")]
    [InlineData("/v2//evil.example", "/v2/evil.example")]
    public async Task Path_Unclean_LeadsToTheCleanOne(string path, string clean)
    {
        var answer = await RawHttp.HeadersAsync(Server.Client.BaseAddress!, path);

        Assert.StartsWith("HTTP/1.1 301 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nLocation: {clean}\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2/a*b/_trust/tuf/")]
    [InlineData("/v2/a%20b/_trust/tuf/")]
    [InlineData("/v2/a%01b/_trust/tuf/")]
    public async Task Name_ThatNoRepositoryCanHave_IsRefusedWithTheReason(string path)
    {
        Assert.Contains("is not the name of a repository", await Server.Client.PostAsync(path, new MultipartFormDataContent()).InvalidUpdateAsync("ErrValidation"), StringComparison.Ordinal);
        Assert.Contains("is not the name of a repository", (string?)(await Server.Client.GetAsync(path + "root.json").NotFoundAsync())["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownRepository_IsNotFoundForEveryKindOfFile()
    {
        foreach (var file in (string[])["root.json", "1.root.json", $"root.{new string('a', 64)}.json", "targets/releases.json", "timestamp.json", "snapshot.json"])
            Assert.Equal("{}", (await Server.Client.GetAsync(Owner.Path + file).NotFoundAsync())["detail"]!.ToJsonString());
    }

    [Fact]
    public async Task Repository_WithEncodedSlashes_IsTheSame()
    {
        await Owner.InitAsync(Server.Client);
        var root = await Owner.ReadAsync(Server.Client, "root.json");

        var (status, body) = await RawHttp.GetAsync(Server.Client.BaseAddress!, $"/v2/{Owner.Gun.Replace("/", "%2F", StringComparison.Ordinal)}/_trust/tuf/root.json");

        Assert.Equal((HttpStatusCode.OK, Encoding.UTF8.GetString(root)), (status, body));
    }

    [Theory]
    [InlineData("single")]
    [InlineData("UPPER.Case/App")]
    [InlineData("registry.example.com:5000/lib/thing")]
    [InlineData("a/_trust-like/x")]
    [InlineData("a/_trust/tuf/x")]
    [InlineData("a/_trust/tuf/targets")]
    [InlineData("docker.io/library/alpine")]
    [InlineData("a/b/c/d.e_f-g")]
    public async Task Name_OfAnyKind_CanBeInitialisedAndIsListed(string gun)
    {
        using var other = new NotaryOwner(Server.Clock, gun);
        await other.InitAsync(Server.Client, "1.0");

        Assert.Equal(1, await other.VersionAsync(Server.Client, "targets"));
        Assert.Equal(gun, (string?)(await (await Server.Client.GetAsync("/api/v1/repositories")).JsonAsync())["repositories"]![0]!["name"]);
        var detail = await (await Server.Client.GetAsync($"/api/v1/repositories/{gun}")).JsonAsync();
        Assert.Equal(("notary", 1), ((string?)detail["format"], (int?)detail["targetCount"]));
        Assert.Equal(4, (await (await Server.Client.GetAsync($"/api/v1/repositories/{gun}/history")).JsonAsync())["files"]!.AsArray().Count);
        using var deleted = await Server.Client.DeleteAsync($"/api/v1/repositories/{gun}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await Server.Client.GetAsync(other.Path + "root.json").NotFoundAsync();
    }

    [Fact]
    public async Task File_CurrentAndPast_HasTheHeadersThatCachesNeed()
    {
        await Owner.InitAsync(Server.Client);
        var sha256 = NotaryJson.Sha256Hex(await Owner.ReadAsync(Server.Client, "targets.json"));

        foreach (var (file, caching) in ((string, string)[])[
            ("timestamp.json", "public, max-age=300, s-maxage=300, must-revalidate"),
            ("targets.json", "public, max-age=300, s-maxage=300, must-revalidate"),
            ("1.root.json", "public, max-age=2592000, s-maxage=2592000"),
            ("01.root.json", "public, max-age=2592000, s-maxage=2592000"),
            ($"targets.{sha256}.json", "public, max-age=2592000, s-maxage=2592000")])
        {
            using var answer = await Server.Client.GetAsync(Owner.Path + file);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(caching, answer.Headers.NonValidated["Cache-Control"].ToString());
            Assert.Equal("Tue, 01 Jan 2030 00:00:00 GMT", Assert.Single(answer.Content.Headers.GetValues("Last-Modified")));
            Assert.Equal(answer.Content.Headers.ContentLength, (await answer.Content.ReadAsByteArrayAsync()).Length);

            using var known = new HttpRequestMessage(HttpMethod.Get, Owner.Path + file) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
            using var unchanged = await Server.Client.SendAsync(known);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

            using var head = new HttpRequestMessage(HttpMethod.Head, Owner.Path + file);
            using var alone = await Server.Client.SendAsync(head);
            Assert.Equal((HttpStatusCode.OK, answer.Content.Headers.ContentLength, answer.Headers.ETag), (alone.StatusCode, alone.Content.Headers.ContentLength, alone.Headers.ETag));
            Assert.Empty(await alone.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task File_OfNoVersionOrChecksum_IsNotFound()
    {
        await Owner.InitAsync(Server.Client);
        var sha256 = NotaryJson.Sha256Hex(await Owner.ReadAsync(Server.Client, "targets.json"));

        foreach (var file in (string[])["0.root.json", "2.root.json", "99999999999999999999.root.json", $"targets.{sha256.ToUpperInvariant()}.json", $"root.{sha256}.json", $"targets.{sha256}{sha256}.json", "targets/releases.json", "1.targets/releases.json"])
            await Server.Client.GetAsync(Owner.Path + file).NotFoundAsync();
    }

    [Fact]
    public async Task Repository_OfTheOtherFormat_IsSaidToBeThat()
    {
        using var tuf = new Testing.RepositoryBuilder(Server.Clock, "registry.example.com/tuf");
        await tuf.InitAsync(Server.Client);
        using var same = new NotaryOwner(Server.Clock, "registry.example.com/tuf");
        await Owner.InitAsync(Server.Client);

        foreach (var file in (string[])["timestamp.json", "root.json", "1.root.json", "timestamp.key"])
            Assert.Contains("format tuf", (string?)(await Server.Client.GetAsync(same.Path + file).NotFoundAsync())["detail"], StringComparison.Ordinal);
        Assert.Contains("format tuf", await same.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(1))).InvalidUpdateAsync("ErrValidation"), StringComparison.Ordinal);
        await Server.Client.DeleteAsync(same.Path).NotFoundAsync();
        Assert.True((await Server.Client.GetAsync($"{tuf.MetadataPath}/timestamp.json")).IsSuccessStatusCode);

        foreach (var path in (string[])["metadata/timestamp.json", "metadata/root.json", "metadata/1.root.json", "keys/timestamp"])
            await Server.Client.GetAsync($"/tuf/{Owner.Gun}/{path}").RefusedAsync(Errors.TrustError.WrongFormat);
        using var mine = new Testing.RepositoryBuilder(Server.Clock, Owner.Gun);
        await Server.Client.PostAsync($"/tuf/{Owner.Gun}/keys/timestamp", null).RefusedAsync(Errors.TrustError.WrongFormat);
        await mine.PublishAsync(Server.Client, ("targets", mine.TargetsFile(2))).RefusedAsync(Errors.TrustError.WrongFormat);
        Assert.Equal(1, await Owner.VersionAsync(Server.Client, "timestamp"));
    }

    [Fact]
    public async Task Metrics_OfANotaryRepository_TellItsExpiry()
    {
        await Owner.InitAsync(Server.Client);
        Assert.Contains($"trust_metadata_expiry_timestamp_seconds{{repository=\"{Owner.Gun}\",role=\"timestamp\"}}", await Server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prefixes_OfTheOperator_LimitTheNames()
    {
        await using var limited = await TestServer.StartAsync(null, "--config", Config("""{"Notary": {"GunPrefixes": ["registry.example.com/", "other/"]}}"""));
        using var inside = new NotaryOwner(limited.Clock);
        using var outside = new NotaryOwner(limited.Clock, "elsewhere/app");
        await inside.InitAsync(limited.Client);

        Assert.Null((await limited.Client.GetAsync(outside.Path + "root.json").NotFoundAsync())["detail"]);
        await limited.Client.GetAsync(outside.Path + "timestamp.key").NotFoundAsync();
        await limited.Client.DeleteAsync(outside.Path).NotFoundAsync();
        var refusal = await outside.PublishAsync(limited.Client, ("targets", inside.TargetsFile(1))).ErrorAsync(HttpStatusCode.BadRequest, "INVALID_GUN");
        Assert.Equal("Require GUNs with prefix: [registry.example.com/ other/]", (string?)refusal["detail"]);
        Assert.Equal(1, await inside.VersionAsync(limited.Client, "timestamp"));
    }

    [Fact]
    public async Task Routes_SwitchedOff_AreNotThere()
    {
        await using var off = await TestServer.StartAsync(null, "--config", Config("""{"Notary": {"Enabled": false}}"""));
        foreach (var path in (string[])["/v2/", "/v2/a/_trust/tuf/root.json", "/_notary_server/health"])
        {
            using var answer = await off.Client.GetAsync(path);
            Assert.Equal((HttpStatusCode.NotFound, "route-unknown"), (answer.StatusCode, (string?)(await answer.JsonAsync())["code"]));
        }
    }

    private string Config(string json)
    {
        var path = System.IO.Path.Combine(Server.Directory, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(path, json);
        return path;
    }
}
