using System.Net.Sockets;
using System.Text;
using TrustService.Testing;

namespace TrustService.Server.Tests.Background;

public sealed class StopTests
{
    [Fact]
    public async Task Stop_WhileAPublishIsBeingSent_LetsItFinish()
    {
        await using var server = await TestServer.StartAsync();
        using var owner = new RepositoryBuilder(server.Clock);
        await owner.InitAsync(server.Client);
        using var content = new MultipartFormDataContent("boundary") { { new ByteArrayContent(owner.TargetsFile(2, "1.0")), "files", "targets" } };
        var body = await content.ReadAsByteArrayAsync();
        var address = server.Client.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {owner.MetadataPath} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: multipart/form-data; boundary=boundary\r\nContent-Length: {body.Length}\r\n\r\n"));
        await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
        await server.WaitForRequestsAsync(1);

        var stopping = server.StopAsync();
        await server.WaitForLogAsync("Stopping");
        await stream.WriteAsync(body.AsMemory(body.Length / 2));
        using var reader = new StreamReader(stream);

        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync());
        await stopping;
        await server.RestartAsync();
        Assert.NotEmpty(await server.Client.GetByteArrayAsync($"{owner.MetadataPath}/2.targets.json"));
    }
}
