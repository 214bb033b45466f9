using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Errors;
using TrustService.Server.Data;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>The management API.</summary>
public sealed class ManagementTests : HostileUpload
{
    [Fact]
    public async Task List_InPages_GoesThroughAllNames()
    {
        foreach (var name in (string[])["registry.example.com/a", "registry.example.com/b", "other.example.com/a"])
        {
            using var owner = new RepositoryBuilder(Server.Clock, name);
            await owner.InitAsync(Server.Client);
        }

        var first = await JsonAsync("/api/v1/repositories?search=registry&limit=2");
        var second = await JsonAsync($"/api/v1/repositories?search=registry&limit=2&after={Uri.EscapeDataString((string)first["next"]!)}");

        Assert.Equal(["registry.example.com/a", "registry.example.com/b"], first["repositories"]!.AsArray().Select(repository => (string?)repository!["name"]));
        Assert.Equal(["registry.example.com/team/app"], second["repositories"]!.AsArray().Select(repository => (string?)repository!["name"]));
        Assert.Null(second["next"]);
        Assert.Equal(1, (int?)second["repositories"]![0]!["roles"]!["timestamp"]!["version"]);
    }

    [Fact]
    public async Task Detail_CountsTargetsOfReachableRoles()
    {
        await AcceptedAsync(("targets", Owner.TargetsFile(2, "1.0", "1.1")));

        var detail = await JsonAsync($"/api/v1/repositories/{Owner.Name}");

        Assert.Equal(2, (int?)detail["targetCount"]);
        Assert.Equal(2, (int?)detail["roles"]!["targets"]!["version"]);
        await Server.Client.GetAsync("/api/v1/repositories/registry.example.com/none").RefusedAsync(TrustError.RepositoryUnknown);
    }

    [Fact]
    public async Task Detail_ReadAgain_IsReadFromTheDatabaseAfterAPublishAlone()
    {
        await JsonAsync($"/api/v1/repositories/{Owner.Name}");
        var key = Owner.NewKey();
        var targets = Owner.Targets(2, "1.0", "1.1");
        RepositoryBuilder.Delegate(targets, "releases", 1, "*", key);
        await AcceptedAsync(("targets", RepositoryBuilder.Sign(targets, Owner.TargetsKey)), ("releases", RepositoryBuilder.Sign(Owner.Targets(1, "2.0"), key)));

        var detail = await JsonAsync($"/api/v1/repositories/{Owner.Name}");

        Assert.Equal((3, 1, 1), ((int?)detail["targetCount"], (int?)detail["targets"]!["releases"], (int?)detail["roles"]!["releases"]!["version"]));
        Assert.Null(detail["bins"]);
        await DamageAsync("releases");
        Assert.Equal(3, (int?)(await JsonAsync($"/api/v1/repositories/{Owner.Name}"))["targetCount"]);
    }

    [Fact]
    public async Task Detail_HashBins_AreNumberedAndNeitherListedNorRead()
    {
        var key = Owner.NewKey();
        var targets = Owner.Targets(2);
        RepositoryBuilder.DelegateToBins(targets, 2, key);
        await AcceptedAsync([("targets", RepositoryBuilder.Sign(targets, Owner.TargetsKey)), .. Enumerable.Range(0, 4).Select(i => (string.Create(CultureInfo.InvariantCulture, $"bin-{i}"), RepositoryBuilder.Sign(Owner.Targets(), key)))]);
        await DamageAsync("bin-%");

        var detail = await JsonAsync($"/api/v1/repositories/{Owner.Name}");

        Assert.Equal(4, (int?)detail["bins"]);
        Assert.Null(detail["targetCount"]);
        Assert.Equal(["root", "snapshot", "targets", "timestamp"], detail["roles"]!.AsObject().Select(role => role.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["targets"], detail["targets"]!.AsObject().Select(role => role.Key));
    }

    [Fact]
    public async Task History_InPages_IsNewestFirst()
    {
        await AcceptedAsync(("targets", Owner.TargetsFile(2)));

        var files = new List<string>();
        var query = "?limit=3";
        while (query is not null)
        {
            var page = await JsonAsync($"/api/v1/repositories/{Owner.Name}/history{query}");
            files.AddRange(page["files"]!.AsArray().Select(file => $"{file!["role"]} {file["version"]}"));
            query = (string?)page["next"] is { } next ? $"?limit=3&before={Uri.EscapeDataString(next)}" : null;
        }

        Assert.Equal(7, files.Distinct().Count());
        Assert.Equal(7, files.Count);
        Assert.Contains("targets 2", files.Take(3));
        Assert.Equal(["targets 2", "targets 1"], (await JsonAsync($"/api/v1/repositories/{Owner.Name}/history?role=targets"))["files"]!.AsArray().Select(file => $"{file!["role"]} {file["version"]}"));
        await Server.Client.GetAsync($"/api/v1/repositories/{Owner.Name}/history?before=nonsense").RefusedAsync(TrustError.MalformedRequest);
    }

    [Fact]
    public async Task Changes_TellWhatWasSetAndRemoved()
    {
        await AcceptedAsync(("targets", Owner.TargetsFile(2, "1.1")));
        using var deleted = await Server.Client.DeleteAsync($"/api/v1/repositories/{Owner.Name}");

        var page = await JsonAsync("/api/v1/changes");
        var changes = page["changes"]!.AsArray();

        Assert.Equal(["publish", "publish", "delete"], changes.Select(change => (string?)change!["kind"]));
        Assert.Equal("1.0", (string?)changes[0]!["changed"]!["targets"]!["set"]![0]);
        Assert.Equal("1.1", (string?)changes[1]!["changed"]!["targets"]!["set"]![0]);
        Assert.Equal("1.0", (string?)changes[1]!["changed"]!["targets"]!["removed"]![0]);
        var next = (long)page["next"]!;
        Assert.Equal((long)changes[2]!["id"]!, next);
        Assert.Empty((await JsonAsync($"/api/v1/changes?after={next}"))["changes"]!.AsArray());
    }

    [Theory]
    [InlineData("/api/v1/repositories?limit=0")]
    [InlineData("/api/v1/repositories?limit=1001")]
    [InlineData("/api/v1/repositories?limit=many")]
    [InlineData("/api/v1/changes?after=x")]
    public async Task Query_OutOfRange_IsRefused(string path) => await Server.Client.GetAsync(path).RefusedAsync(TrustError.MalformedRequest);

    [Fact]
    public async Task OpenApi_DescribesEveryRoute()
    {
        var paths = (await JsonAsync("/openapi/v1.json"))["paths"]!.AsObject().Select(path => path.Key).ToList();

        foreach (var path in (string[])["/tuf/{repository}/metadata/{file}", "/tuf/{repository}/metadata", "/tuf/{repository}/keys/{role}", "/api/v1/repositories", "/api/v1/repositories/{name}", "/api/v1/repositories/{repository}/import", "/api/v1/changes", "/livez", "/readyz", "/metrics"])
            Assert.Contains(path, paths);
    }

    [Fact]
    public async Task Metrics_ShowRequestsAndExpiries()
    {
        await Server.Client.GetByteArrayAsync($"{Owner.MetadataPath}/timestamp.json");

        using var answer = await Server.Client.GetAsync("/metrics");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("trust_requests_total{route=\"metadata\",status=\"200\"}", text, StringComparison.Ordinal);
        Assert.Contains("trust_request_duration_seconds_bucket{route=\"publish\",le=\"+Inf\"} 1", text, StringComparison.Ordinal);
        var expires = Server.Clock.GetUtcNow().AddDays(14).ToUnixTimeSeconds();
        Assert.Contains($"trust_metadata_expiry_timestamp_seconds{{repository=\"{Owner.Name}\",role=\"timestamp\"}} {expires}\n", text, StringComparison.Ordinal);
        Assert.Contains($"trust_metadata_soonest_expiry_timestamp_seconds{{role=\"timestamp\"}} {expires}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NamesItsChecks()
    {
        Assert.Equal("ok", (string?)(await JsonAsync("/livez"))["status"]);
        var ready = await JsonAsync("/readyz");
        Assert.Equal("ready", (string?)ready["status"]);
        Assert.Equal(["store", "schema", "masterKey", "highWaterMark", "renewal"], ready["checks"]!.AsObject().Select(check => check.Key));
        Assert.Equal(HttpStatusCode.OK, (await Server.Client.GetAsync("/readyz")).StatusCode);
    }

    private async Task<JsonObject> JsonAsync(string path) => JsonNode.Parse(await Server.Client.GetStringAsync(path))!.AsObject();

    // Whoever reads such files fails.
    private async Task DamageAsync(string role)
    {
        await using var connection = await Server.Services.GetRequiredService<TrustDatabase>().OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = $"UPDATE metadata_files SET data = zeroblob(length) WHERE role LIKE '{role}';";
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }
}
