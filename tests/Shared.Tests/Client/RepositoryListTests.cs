using System.Globalization;
using Microsoft.AspNetCore.Http;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class RepositoryListTests
{
    [Fact]
    public async Task List_SeveralPages_HasEveryRepository()
    {
        await using var server = await StartAsync(after => after switch
        {
            null => Page("next", "r.example.com/b", "r.example.com/a"),
            "next" => Page("", "r.example.com/c"),
            _ => Page(null),
        });

        var names = await ListAsync(server);

        Assert.Equal(["r.example.com/b", "r.example.com/a", "r.example.com/c"], names);
    }

    [Fact]
    public async Task List_ServerThatGoesInCircles_ComesToAnEnd()
    {
        var names = Enumerable.Range(0, 20_000).Select(number => string.Create(CultureInfo.InvariantCulture, $"r.example.com/{number}")).ToArray();
        await using var server = await StartAsync(_ => Page("again", names));

        await Refusal.OfAsync(TrustError.TooLarge, () => ListAsync(server));
    }

    [Theory]
    [InlineData("""{"repositories":[{"name":"../etc"}],"next":null}""", TrustError.InvalidRepositoryName)]
    [InlineData("""{"repositories":{},"next":null}""", TrustError.MalformedMetadata)]
    public async Task List_AnswerThatIsNone_IsRefused(string answer, TrustError error)
    {
        await using var server = await StartAsync(_ => answer);

        await Refusal.OfAsync(error, () => ListAsync(server));
    }

    private static Task<HostileServer> StartAsync(Func<string?, string> answer) =>
        HostileServer.StartAsync(context => context.Response.WriteAsync(answer(context.Request.Query["after"])));

    private static async Task<string[]> ListAsync(HostileServer server)
    {
        using var http = new HttpClient();
        var client = new TrustServerClient(new HttpExchange(http, HttpPeer.TrustServer, new HttpClientOptions()), server.Address.ToString());
        return [.. (await client.ListRepositoriesAsync(CancellationToken.None)).Select(name => name.Value)];
    }

    private static string Page(string? next, params string[] names) =>
        $"{{\"repositories\":[{string.Join(',', names.Select(name => $"{{\"name\":\"{name}\"}}"))}],\"next\":{(string.IsNullOrEmpty(next) ? "null" : $"\"{next}\"")}}}";
}
