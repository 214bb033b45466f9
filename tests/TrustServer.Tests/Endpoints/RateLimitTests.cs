using System.Net;
using TrustService.Errors;
using TrustService.Server.Tests.Endpoints.Notary;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Writes_OverTheLimit_AreTurnedAwayWhileReadsGoOn()
    {
        using var directory = new TestDirectory();
        await using var server = await TestServer.StartAsync(null, "--config", directory.Write("config.json", """{"Limits":{"LimitLoopback":true,"WritesPerSecond":1}}"""));
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => server.Client.PostAsync($"/tuf/{owner.Name}/keys/snapshot", null)));

        var turnedAway = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.True(turnedAway.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        await Task.FromResult(turnedAway).RefusedAsync(TrustError.RateLimited);
        using var read = await server.Client.GetAsync($"{owner.MetadataPath}/timestamp.json");
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task NotaryKeys_WhichAGetMayMake_CountAsWrites()
    {
        using var directory = new TestDirectory();
        await using var server = await TestServer.StartAsync(null, "--config", directory.Write("config.json", """{"Limits":{"LimitLoopback":true,"WritesPerSecond":1}}"""));

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => server.Client.GetAsync($"/v2/new/{i}/_trust/tuf/timestamp.key")));

        Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.OK), 1, 10);
        var turnedAway = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.True(turnedAway.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        await Task.FromResult(turnedAway).ErrorAsync(HttpStatusCode.TooManyRequests, "TOOMANYREQUESTS");
        await server.Client.GetAsync("/v2/new/1/_trust/tuf/root.json").NotFoundAsync();
    }
}
