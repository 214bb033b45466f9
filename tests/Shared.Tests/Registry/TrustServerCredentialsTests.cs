using Microsoft.AspNetCore.Http;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Registry;

public sealed class TrustServerCredentialsTests
{
    private static readonly RegistryCredential Login = RegistryCredential.OfPassword("ci", "secret");

    [Theory]
    [InlineData("https://evil.example.org", "https://evil.example.org/", "docker.io/team/app", false)]
    [InlineData("https://evil.example.org", "https://token.evil.example.org/token", "docker.io/team/app", false)]
    [InlineData("https://evil.example.org", "https://auth.docker.io.evil.example.org/token", "docker.io/team/app", false)]
    [InlineData("https://evil.example.org", "http://registry.example.com/token", "registry.example.com/team/app", false)]
    [InlineData("https://notary.docker.io", "https://auth.docker.io/token", "docker.io/team/app", true)]
    [InlineData("https://trust.example.com", "https://auth.docker.io/token", "docker.io/team/app", true)]
    [InlineData("https://notary.docker.io", "https://auth.docker.io/token", "registry.example.com/team/app", false)]
    [InlineData("https://registry.example.com:4443", "https://auth.example.com/token", "registry.example.com:5000/team/app", true)]
    [InlineData("https://notary.example.com", "https://registry.example.com/token", "registry.example.com/team/app", true)]
    [InlineData("https://notary.example.com", "https://notary.example.com/", "registry.example.com/team/app", false)]
    public async Task Find_LoginOfTheRegistryAlone_GoesToItsOwnHostsOnly(string server, string recipient, string repository, bool isFound)
    {
        var name = RepositoryName.Parse(repository);
        var credentials = new TrustServerCredentials(new GivenCredentials(name.Host, Login, null), server, () => null);

        Assert.Equal(isFound ? Login : null, await credentials.FindForAsync(name, new Uri(recipient), CancellationToken.None));
        Assert.Null(await credentials.FindAsync(name, CancellationToken.None));
    }

    [Fact]
    public async Task Find_SeveralLogins_OwnHostThenVariableThenRegistry()
    {
        var name = RepositoryName.Parse("registry.example.com/team/app");
        var (own, given) = (RegistryCredential.OfPassword("own", "1"), RegistryCredential.OfPassword("given", "2"));
        var registry = new GivenCredentials(name.Host, Login, null);
        var realm = new Uri("https://registry.example.com/token");

        Assert.Equal(own, await new TrustServerCredentials(new GivenCredentials("trust.example.com", own, registry), "https://trust.example.com", () => given).FindForAsync(name, realm, CancellationToken.None));
        Assert.Equal(given, await new TrustServerCredentials(registry, "https://trust.example.com", () => given).FindForAsync(name, realm, CancellationToken.None));
    }

    [Theory]
    [InlineData("Basic realm=\"trust\"")]
    [InlineData("Bearer realm=\"{0}token\",service=\"trust\"")]
    public async Task Challenge_OfAServerThatIsNotTheRegistrys_GetsNoLogin(string challenge)
    {
        var seen = new List<string>();
        await using var server = await HostileServer.StartAsync(context =>
        {
            seen.AddRange(context.Request.Headers.Authorization.OfType<string>());
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = challenge.Replace("{0}", $"http://{context.Request.Host}/", StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        var options = new HttpClientOptions { TotalTimeout = TimeSpan.FromSeconds(20) };
        using var http = HttpClients.Create(options);
        var address = server.Address.ToString();
        var name = RepositoryName.Parse("docker.io/team/app");
        var client = new NotaryServerClient(new HttpExchange(http, HttpPeer.TrustServer, options), address, new TrustServerCredentials(new GivenCredentials(name.Host, Login, null), address, () => null));

        await Refusal.OfAsync(TrustError.Unauthorized, () => client.Metadata(name).FetchAsync("root.json", 1000, CancellationToken.None));

        Assert.Empty(seen);
    }
}
