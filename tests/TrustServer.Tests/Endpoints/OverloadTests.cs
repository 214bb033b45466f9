using System.Net;
using System.Net.Sockets;
using System.Text;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints;

public sealed class OverloadTests
{
    [Fact]
    public async Task MorePublishesAtOnceThanTheLimit_AreTurnedAwayAndSlowOnesEnd()
    {
        using var directory = new TestDirectory();
        await using var server = await TestServer.StartAsync(null, "--config", directory.Write("config.json", """{"Limits":{"MaxConcurrentPublishes":1,"UploadSeconds":3}}"""));
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        var address = server.Client.BaseAddress!;
        var slow = RawHttp.SendAsync(address, $"POST {owner.MetadataPath} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100\r\n\r\n--");
        await server.WaitForRequestsAsync(1);

        await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(2))).RefusedAsync(TrustError.RateLimited);
        await server.Client.GetByteArrayAsync($"{owner.MetadataPath}/timestamp.json");

        var (status, body) = await slow;
        Assert.Equal(HttpStatusCode.RequestTimeout, status);
        Assert.Contains("within 3 seconds", body, StringComparison.Ordinal);
        await owner.PublishAsync(server.Client, ("targets", owner.TargetsFile(2))).VersionsAsync();
    }

    [Fact]
    public async Task MoreRequestsAtOnceThanTheLimit_AreTurnedAwayAndTheRestFinishes()
    {
        using var directory = new TestDirectory();
        await using var server = await TestServer.StartAsync(null, "--config", directory.Write("config.json", """{"Limits":{"MaxConcurrentRequests":1}}"""));
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        var address = server.Client.BaseAddress!;
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(address.Host, address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {owner.MetadataPath} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100\r\n\r\n--"));
            await server.WaitForRequestsAsync(1);

            await server.Client.GetAsync($"{owner.MetadataPath}/timestamp.json").RefusedAsync(TrustError.RateLimited);
            foreach (var path in new[] { "/livez", "/readyz", "/metrics" })
                Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync(path)).StatusCode);
        }

        await server.WaitAsync(async () => (await server.Client.GetAsync($"{owner.MetadataPath}/timestamp.json")).StatusCode == HttpStatusCode.OK);
    }
}
