using System.Globalization;
using System.Net;
using TrustService.Testing.Processes;

namespace TrustService.Testing;

/// <summary>The real <c>notary-server</c> on a free port of this machine: plain HTTP, in memory, with keys of its own.</summary>
public sealed class NotaryServerFixture : IAsyncDisposable
{
    private readonly ServiceProcess process;
    private readonly TestDirectory directory;

    private NotaryServerFixture(ServiceProcess process, TestDirectory directory, string url) => (this.process, this.directory, Url) = (process, directory, url);

    /// <summary>Its address.</summary>
    public string Url { get; }

    /// <summary>Starts a server that anyone may use, or one that sends its users to a token service.</summary>
    public static async Task<NotaryServerFixture> StartAsync(TokenService? tokens = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var directory = new TestDirectory();
            var host = $"127.0.0.1:{FreePort.Next().ToString(CultureInfo.InvariantCulture)}";
            var auth = tokens is null ? "" : $$"""
                "auth":{"type":"token","options":{"realm":"{{tokens.Realm}}","service":"{{TokenService.Service}}","issuer":"{{TokenService.Issuer}}","rootcertbundle":"{{directory.Write("issuer.pem", tokens.CertificatePem)}}" } },
                """;
            var config = directory.Write("server.json", $$"""
                { {{auth}}"server":{"http_addr":"{{host}}"},"trust_service":{"type":"local"},"logging":{"level":"error"},"storage":{"backend":"memory"} }
                """);
            var fixture = new NotaryServerFixture(ServiceProcess.Start("notary-server", [$"-config={config}"]), directory, $"http://{host}");
            try
            {
                using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
                await fixture.process.WaitUntilAsync(() => IsHealthyAsync(client, fixture.Url), TimeSpan.FromSeconds(20));
                return fixture;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // Another process may have taken the port between choosing and using it.
                await fixture.DisposeAsync();
            }
        }
    }

    /// <summary>Ends the server and removes its files.</summary>
    public ValueTask DisposeAsync()
    {
        process.Kill();
        process.Dispose();
        directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, string url)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"{url}/_notary_server/health"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
