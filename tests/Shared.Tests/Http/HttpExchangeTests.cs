using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Http;

public sealed class HttpExchangeTests
{
    private const int Limit = 64 * 1024;

    public static TheoryData<string, TrustError> Hostile => new()
    {
        { nameof(Misbehaviour.EndlessBody), TrustError.TooLarge },
        { nameof(Misbehaviour.HugeLength), TrustError.TooLarge },
        { nameof(Misbehaviour.SlowBody), TrustError.ServerUnreachable },
        { nameof(Misbehaviour.Silence), TrustError.ServerUnreachable },
        { nameof(Misbehaviour.ShortBody), TrustError.ServerUnreachable },
        { nameof(Misbehaviour.GzipBomb), TrustError.ServerRefused },
        { nameof(Misbehaviour.RedirectLoop), TrustError.ServerRefused },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Case34_HostileAnswer_IsRefusedWithinTheDeadline(string behaviour, TrustError expected)
    {
        var handler = (RequestDelegate)typeof(Misbehaviour).GetProperty(behaviour)!.GetValue(null)!;
        await using var server = await HostileServer.StartAsync(handler);
        var clock = Stopwatch.StartNew();

        await Refusal.OfAsync(expected, () => GetAsync(server.Address, new HttpClientOptions { TotalTimeout = TimeSpan.FromSeconds(1) }));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("https://localhost/")]
    [InlineData("//evil.example/x")]
    public async Task Case34_RedirectToAnotherOrigin_IsNotFollowed(string location)
    {
        await using var server = await HostileServer.StartAsync(Misbehaviour.RedirectTo(location));
        await Refusal.OfAsync(TrustError.ServerRefused, () => GetAsync(server.Address));
    }

    [Fact]
    public async Task Case34_ErrorWithEndlessBody_KeepsItsStatus()
    {
        await using var server = await HostileServer.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Misbehaviour.EndlessBody(context);
        });

        var answer = await GetAsync(server.Address);

        Assert.Equal(404, (int)answer.Status);
        Assert.True(answer.Body.IsEmpty);
    }

    [Fact]
    public async Task SendAsync_RedirectWithinTheOrigin_IsFollowed()
    {
        await using var server = await HostileServer.StartAsync(context =>
            context.Request.Path == "/there" ? context.Response.WriteAsync("here") : Misbehaviour.RedirectTo("/there")(context));

        var answer = await GetAsync(server.Address);

        Assert.Equal("here", Encoding.UTF8.GetString(answer.Body.Span));
        Assert.Equal("/there", answer.Uri.AbsolutePath);
    }

    [Fact]
    public async Task SendAsync_Request_AsksForPlainBytesAndNamesItself()
    {
        await using var server = await HostileServer.StartAsync(context =>
            context.Response.WriteAsync($"{context.Request.Headers.AcceptEncoding}|{context.Request.Headers.UserAgent}"));

        Assert.Equal("identity|signer/0.1.0", Encoding.UTF8.GetString((await GetAsync(server.Address)).Body.Span));
    }

    [Theory]
    [InlineData("GET", 304)]
    [InlineData("HEAD", 200)]
    public async Task SendAsync_AnswerWithoutBody_MayAnnounceALength(string method, int status)
    {
        await using var server = await HostileServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = method == "HEAD" ? 1000 : null;
            return Task.CompletedTask;
        });
        var options = new HttpClientOptions();
        using var client = HttpClients.Create(options);

        var answer = await new HttpExchange(client, HttpPeer.TrustServer, options)
            .SendAsync(server.Address, uri => new HttpRequestMessage(new HttpMethod(method), uri), Limit, CancellationToken.None);

        Assert.Equal(status, (int)answer.Status);
        Assert.True(answer.Body.IsEmpty);
    }

    [Fact]
    public async Task SendAsync_NobodyListens_IsUnreachableAndSaysWhy()
    {
        var server = await HostileServer.StartAsync(Misbehaviour.Silence);
        await server.DisposeAsync();

        var refusal = await Refusal.OfAsync(TrustError.ServerUnreachable, () => GetAsync(server.Address));
        Assert.Contains("refused", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task SendAsync_CallerCancels_IsNoRefusal()
    {
        await using var server = await HostileServer.StartAsync(Misbehaviour.Silence);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        var given = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GetAsync(server.Address, new HttpClientOptions(), cancelled.Token));

        // Who sets the time can tell who was waited for.
        Assert.Contains(server.Authority, Assert.IsType<TrustException>(given.InnerException).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(407, "asks for a login")]
    [InlineData(403, "status 403")]
    [InlineData(null, "refused")]
    public async Task SendAsync_ProxyThatDoesNotConnect_IsNamedWithoutItsLogin(int? status, string expected)
    {
        var proxy = await HostileServer.StartAsync(context =>
        {
            context.Response.StatusCode = status!.Value;
            return Task.CompletedTask;
        });
        if (status is null)
            await proxy.DisposeAsync();
        var options = new HttpClientOptions { Proxy = new WebProxy(new UriBuilder(proxy.Address) { UserName = "me", Password = "secret" }.Uri) };

        var refusal = await Refusal.OfAsync(TrustError.ServerUnreachable, () => GetAsync(new Uri("https://trust.example.test/"), options));
        await proxy.DisposeAsync();

        Assert.Contains($"the proxy http://{proxy.Authority}: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
        Assert.Contains("NO_PROXY", refusal.Hint, StringComparison.Ordinal);
    }

    private static Task<HttpAnswer> GetAsync(Uri uri) => GetAsync(uri, new HttpClientOptions());

    private static async Task<HttpAnswer> GetAsync(Uri uri, HttpClientOptions options, CancellationToken cancellationToken = default)
    {
        using var client = HttpClients.Create(options);
        return await new HttpExchange(client, HttpPeer.TrustServer, options)
            .SendAsync(uri, to => new HttpRequestMessage(HttpMethod.Get, to), Limit, cancellationToken);
    }
}
