using Microsoft.AspNetCore.Http;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Http;

public sealed class ServerCertificateTests : IDisposable
{
    private static readonly RequestDelegate Fine = context => context.Response.WriteAsync("fine");

    private readonly TestDirectory _directory = new();
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task SendAsync_CertificateOfExtraAuthority_IsAccepted()
    {
        await using var server = await HostileServer.StartAsync(Fine, _certificates.MakeServer());
        Assert.True((await GetAsync(server.Address, Authority())).IsSuccess);
    }

    [Fact]
    public async Task SendAsync_CertificateOfUnknownAuthority_IsRefusedWithTheOptionToName()
    {
        await using var server = await HostileServer.StartAsync(Fine, _certificates.MakeServer());
        using var others = new TestCertificates();

        foreach (string[] files in new[] { [], new[] { _directory.Write("other.pem", others.AuthorityPem) } })
        {
            var refusal = await Refusal.OfAsync(TrustError.ServerUnreachable, () => GetAsync(server.Address, files));
            Assert.Contains("not issued by an authority", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("--server-ca", refusal.Hint, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("other.example", false, "another host name", "Use a name")]
    [InlineData("localhost", true, "expired", "renew")]
    public async Task SendAsync_CertificateThatDoesNotFit_IsRefusedEvenFromExtraAuthority(string name, bool expired, string reason, string advice)
    {
        await using var server = await HostileServer.StartAsync(Fine, _certificates.MakeServer(name, expired));

        var refusal = await Refusal.OfAsync(TrustError.ServerUnreachable, () => GetAsync(server.Address, Authority()));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refusal.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain("--server-ca", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case60_TlsWhereNobodySpeaksIt_NeverFallsBack()
    {
        await using var server = await HostileServer.StartAsync(Fine);
        var refusal = await Refusal.OfAsync(TrustError.ServerUnreachable, () => GetAsync(new UriBuilder(server.Address) { Scheme = "https" }.Uri));
        Assert.Contains("does not speak TLS", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--server-ca", refusal.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no certificate in here")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData(null)]
    public void Case60_CertificateFileUnusable_IsRefused(string? content)
    {
        var file = content is null ? _directory["missing.pem"] : _directory.Write("bad.pem", content);
        Refusal.Of(TrustError.LocalFile, () => HttpClients.Create(new HttpClientOptions { ExtraCaFiles = [file] }));
    }

    [Fact]
    public void Create_CertificateFileIsADirectory_SaysSo() =>
        Assert.Contains("it is a directory", Refusal.Of(TrustError.LocalFile, () => HttpClients.Create(new HttpClientOptions { ExtraCaFiles = [_directory.FullPath] })).Message, StringComparison.Ordinal);

    private string Authority() => _directory.Write("ca.pem", _certificates.AuthorityPem);

    private static async Task<HttpAnswer> GetAsync(Uri uri, params string[] authorities)
    {
        var options = new HttpClientOptions { ExtraCaFiles = [.. authorities], TotalTimeout = TimeSpan.FromSeconds(10) };
        using var client = HttpClients.Create(options);
        return await new HttpExchange(client, HttpPeer.TrustServer, options)
            .SendAsync(uri, to => new HttpRequestMessage(HttpMethod.Get, to), 1000, CancellationToken.None);
    }
}
