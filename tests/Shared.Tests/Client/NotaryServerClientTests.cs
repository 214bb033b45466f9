using System.Text;
using Microsoft.AspNetCore.Http;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class NotaryServerClientTests : IDisposable
{
    private const string Gun = "registry.example.com:5000/team/app";

    private static readonly HttpClientOptions Options = new() { TotalTimeout = TimeSpan.FromSeconds(20) };
    private static readonly RepositoryName Repository = RepositoryName.Parse(Gun);

    private readonly HttpClient http = HttpClients.Create(Options);

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Fetch_RealServerWithoutTheRepository_IsNull()
    {
        await using var server = await NotaryServerFixture.StartAsync();

        Assert.Null(await Client(server.Url).Metadata(Repository).FetchAsync("root.json", 1000, CancellationToken.None));
    }

    [Fact]
    public async Task Publish_RealServerFindsNoRoot_RefusesWithItsWords()
    {
        await using var server = await NotaryServerFixture.StartAsync();

        var refusal = await Refusal.OfAsync(TrustError.MalformedRequest, () => PublishAsync(server.Url, "targets", "no metadata"));
        Assert.Contains("MALFORMED_JSON", refusal.Message, StringComparison.Ordinal);
        refusal = await Refusal.OfAsync(TrustError.UpdateRefused, () => PublishAsync(server.Url, "targets", """{"signed":{"_type":"Targets","version":1,"expires":"2099-01-01T00:00:00Z","targets":{},"delegations":{"keys":{},"roles":[]}},"signatures":[]}"""));
        Assert.Contains("no pre-existing root", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RealServerWithTokens_Login_IsAskedForTheScopeOfEachAction()
    {
        await using var tokens = await TokenService.StartAsync();
        await using var server = await NotaryServerFixture.StartAsync(tokens);
        var client = Client(server.Url, RegistryCredential.OfPassword(RegistryFixture.Username, RegistryFixture.Password));

        Assert.Null(await client.Metadata(Repository).FetchAsync("root.json", 1000, CancellationToken.None));
        Assert.Null(await client.Metadata(Repository).FetchAsync("timestamp.json", 1000, CancellationToken.None));
        await Refusal.OfAsync(TrustError.MalformedRequest, () => client.PublishAsync(Repository, Files("targets", "no metadata"), CancellationToken.None));

        Assert.Equal([$"repository:{Gun}:pull", $"repository:{Gun}:push,pull"], tokens.Scopes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task RealServerWithTokens_NoOrWrongLogin_IsUnauthorized()
    {
        await using var tokens = await TokenService.StartAsync();
        await using var server = await NotaryServerFixture.StartAsync(tokens);

        foreach (var credential in new[] { null, RegistryCredential.OfPassword(RegistryFixture.Username, "wrong") })
            await Refusal.OfAsync(TrustError.Unauthorized, () => Client(server.Url, credential).Metadata(Repository).FetchAsync("root.json", 1000, CancellationToken.None));
    }

    [Fact]
    public async Task Fetch_BasicChallenge_IsAnswered()
    {
        await using var server = await HostileServer.StartAsync(async context =>
        {
            if (context.Request.Headers.Authorization == "Basic " + Convert.ToBase64String("ci:secret"u8))
            {
                await context.Response.WriteAsync(context.Request.Path);
                return;
            }
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"trust\"";
        });

        var file = await Client(server.Address.ToString(), RegistryCredential.OfPassword("ci", "secret")).Metadata(Repository).FetchAsync("targets/releases.json", 1000, CancellationToken.None);

        Assert.Equal($"/v2/{Gun}/_trust/tuf/targets/releases.json", Encoding.UTF8.GetString(file!));
    }

    [Theory]
    [InlineData(400, """{"errors":[{"code":"VERSION","message":"A newer version of metadata is already available.","detail":{}}]}""", TrustError.PublishConflict, "newer version")]
    [InlineData(400, """{"errors":[{"code":"INVALID_UPDATE","message":"m","detail":{"Name":"ErrBadTargets","Error":{"Msg":"no threshold"}}}]}""", TrustError.UpdateRefused, "no threshold")]
    [InlineData(400, """{"errors":[{"code":"INVALID_GUN","message":"m","detail":"Require GUNs with prefix: [a/]"}]}""", TrustError.InvalidRepositoryName, "Require GUNs")]
    [InlineData(404, """{"errors":[{"code":"METADATA_NOT_FOUND","message":"none","detail":{}}]}""", TrustError.RepositoryUnknown, "none")]
    [InlineData(400, "<html>", TrustError.ServerRefused, "400")]
    [InlineData(201, "", TrustError.ServerRefused, "201")]
    [InlineData(500, """{"errors":[{"code":"UNKNOWN","message":"unknown error"}]}""", TrustError.ServerUnreachable, "500")]
    public async Task Publish_ServerAnswersOtherThan200_IsItsRefusal(int status, string body, TrustError error, string text)
    {
        await using var server = await HostileServer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(body);
        });

        var refusal = await Refusal.OfAsync(error, () => PublishAsync(server.Address.ToString(), "targets", "{}"));

        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }

    // What a server calls untrusted is no finding of the chain.
    [Fact]
    public async Task Fetch_ServerRefusesWithAnUpdateError_IsNoFinding()
    {
        await using var server = await HostileServer.StartAsync(async context =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("""{"errors":[{"code":"INVALID_UPDATE","message":"m"}]}""");
        });

        await Refusal.OfAsync(TrustError.ServerRefused, () => Client(server.Address.ToString()).Metadata(Repository).FetchAsync("root.json", 1000, CancellationToken.None));
    }

    [Fact]
    public async Task Publish_DelegatedRole_IsTheWholeFileName()
    {
        var body = "";
        await using var server = await HostileServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            body = await reader.ReadToEndAsync();
        });

        await PublishAsync(server.Address.ToString(), "targets/releases", "{}");

        Assert.Contains("Content-Disposition: form-data; name=\"files\"; filename=\"targets/releases\"\r\n", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Y2k6c2VjcmV0OnRvbw==", "secret:too")]
    [InlineData("Y2k6\n", "")]
    public void NotaryVariable_Base64OfALogin_IsRead(string value, string password)
    {
        var credential = TrustServerCredentials.ParseNotary(value);

        Assert.Equal(("ci", password), (credential.Username, credential.Password));
    }

    [Theory]
    [InlineData("ci:secret")]
    [InlineData("bm9jb2xvbg==")]
    public void NotaryVariable_AnythingElse_IsRefusedWithoutBeingShown(string value)
    {
        var refusal = Refusal.Of(TrustError.Usage, () => TrustServerCredentials.ParseNotary(value));

        Assert.DoesNotContain(value, refusal.Message, StringComparison.Ordinal);
    }

    private NotaryServerClient Client(string url, RegistryCredential? credential = null) =>
        new(new HttpExchange(http, HttpPeer.TrustServer, Options), url, credential is null ? null : new GivenCredentials(Repository.Host, credential, null));

    private Task<PublishResult> PublishAsync(string url, string role, string file) => Client(url).PublishAsync(Repository, Files(role, file), CancellationToken.None);

    private static Dictionary<RoleName, ReadOnlyMemory<byte>> Files(string role, string file) => new() { [RoleName.Parse(role)] = Encoding.UTF8.GetBytes(file) };
}
