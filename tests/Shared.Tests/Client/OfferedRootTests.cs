using Microsoft.AspNetCore.Http;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Http;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class OfferedRootTests : IDisposable
{
    private static readonly HttpClientOptions Options = new() { TotalTimeout = TimeSpan.FromSeconds(20) };
    private static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");

    private readonly HttpClient http = HttpClients.Create(Options);
    private readonly NotaryRepository notary = new(FixedTime.Start);

    public OfferedRootTests() => notary.Init();

    public void Dispose() => http.Dispose();

    // A Notary server with tokens challenges what it does not route; one behind a page for people answers everything with that.
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(405)]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(503)]
    public async Task Find_OwnPathIsNoneOfTheServers_AsksByTheNextProtocol(int status)
    {
        await using var server = await ServerAsync(status, notary.Roots[0]);

        var found = await FindAsync(server);

        Assert.Equal(notary.Roots[0], found);
    }

    [Theory]
    [InlineData(401, null)]
    [InlineData(200, null)]
    [InlineData(503, TrustError.ServerUnreachable)]
    public async Task Find_NextProtocolSaysThatThereIsNone_IsAFailureOnlyIfThereMayBeOne(int status, TrustError? error)
    {
        await using var server = await ServerAsync(status, null);

        if (error is { } code)
            await Refusal.OfAsync(code, () => FindAsync(server));
        else
            Assert.Null(await FindAsync(server));
    }

    [Fact]
    public async Task Find_NoProtocolIsAnswered_IsTheFirstFailure()
    {
        await using var server = await HostileServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });

        await Refusal.OfAsync(TrustError.Unauthorized, () => FindAsync(server));
    }

    [Fact]
    public async Task Find_RootIsRefused_IsThatRefusal()
    {
        await using var server = await ServerAsync(401, notary.Roots[0]);

        await Refusal.OfAsync(TrustError.RootMismatch, () => OfferedRoot.FindAsync<byte[]>(MetadataFormats.All, SourceOf(server), null, (_, _, _) => throw new TrustException(TrustError.RootMismatch, "Another one."), CancellationToken.None));
    }

    private static Task<HostileServer> ServerAsync(int status, byte[]? root) => HostileServer.StartAsync(async context =>
    {
        if (!context.Request.Path.StartsWithSegments("/v2"))
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<html></html>");
        }
        else if (root is null)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else
            await context.Response.Body.WriteAsync(root);
    });

    private Task<byte[]?> FindAsync(HostileServer server) =>
        OfferedRoot.FindAsync(MetadataFormats.All, SourceOf(server), null, (_, file, _) => file, CancellationToken.None);

    private Func<IMetadataFormat, IMetadataSource> SourceOf(HostileServer server)
    {
        var (exchange, address) = (new HttpExchange(http, HttpPeer.TrustServer, Options), server.Address.ToString());
        return format => format == NotaryFormat.Instance ? new NotaryServerClient(exchange, address, null).Metadata(Repository) : new TrustServerClient(exchange, address).Metadata(Repository);
    }
}
