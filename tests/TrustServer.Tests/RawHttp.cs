using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TrustService.Server.Tests;

/// <summary>Sends requests as they are written: no client tidies the URL up.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends a GET and returns status and body.</summary>
    public static Task<(HttpStatusCode Status, string Body)> GetAsync(Uri server, string target) =>
        SendAsync(server, $"GET {target} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n\r\n");

    /// <summary>Sends a GET and returns the answer down to the empty line that ends its headers.</summary>
    public static async Task<string> HeadersAsync(Uri server, string target)
    {
        var answer = await ExchangeAsync(server, $"GET {target} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n\r\n");
        return answer[..(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];
    }

    /// <summary>Sends text and returns status and body of what comes until the server closes.</summary>
    public static async Task<(HttpStatusCode Status, string Body)> SendAsync(Uri server, string request)
    {
        var answer = await ExchangeAsync(server, request);
        return ((HttpStatusCode)int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }

    private static async Task<string> ExchangeAsync(Uri server, string request)
    {
        using var client = new TcpClient();
        using var deadline = new CancellationTokenSource(Patience);
        await client.ConnectAsync(server.Host, server.Port, deadline.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), deadline.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(deadline.Token);
    }
}
