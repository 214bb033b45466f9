using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Registry;

public sealed class TagListTests
{
    [Fact]
    public async Task ListTags_Pages_AreAskedForByTheLastTag_NotByWhatTheRegistryPointsTo()
    {
        var asked = new ConcurrentQueue<string>();
        await using var server = await HostileServer.StartAsync(context =>
        {
            asked.Enqueue($"{context.Request.Path}?last={context.Request.Query["last"]}");
            return context.Request.Query["last"] == "1.1"
                ? AnswerAsync(context, """{"name":"app","tags":["1.1","2.0"]}""")
                : AnswerAsync(context, """{"name":"app","tags":["1.0","not a tag","1.1"]}""", "<http://127.0.0.1:1/v2/elsewhere>; rel=\"next\"");
        });
        using var client = new RegistryClient(new RegistryOptions(), TimeProvider.System);

        var tags = await client.ListTagsAsync(RepositoryName.Parse($"{server.Authority}/app"), CancellationToken.None);

        Assert.Equal(["1.0", "1.1", "2.0"], tags);
        Assert.Equal(["/v2/app/tags/list?last=", "/v2/app/tags/list?last=1.1"], asked);
    }

    [Fact]
    public async Task ListTags_RegistryThatGoesInCircles_Ends()
    {
        var requests = 0;
        await using var server = await HostileServer.StartAsync(context =>
        {
            Interlocked.Increment(ref requests);
            return AnswerAsync(context, """{"name":"app","tags":["1.0"]}""", "</v2/app/tags/list?last=0>; rel=\"next\"");
        });
        using var client = new RegistryClient(new RegistryOptions(), TimeProvider.System);

        Assert.Equal(["1.0"], await client.ListTagsAsync(RepositoryName.Parse($"{server.Authority}/app"), CancellationToken.None));
        Assert.Equal(2, requests);
    }

    [Fact]
    public async Task ListTags_MoreThanTheLimit_IsRefused()
    {
        var page = 0;
        await using var server = await HostileServer.StartAsync(context =>
        {
            var number = Interlocked.Increment(ref page);
            return AnswerAsync(context, $$"""{"tags":[{{string.Join(',', Enumerable.Range(0, 10_000).Select(index => $"\"{number}-{index}\""))}}]}""", "<x>; rel=\"next\"");
        });
        using var client = new RegistryClient(new RegistryOptions(), TimeProvider.System);

        await Refusal.OfAsync(TrustError.TooLarge, () => client.ListTagsAsync(RepositoryName.Parse($"{server.Authority}/app"), CancellationToken.None));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"tags":"1.0"}""")]
    [InlineData("""{"tags":[1]}""")]
    [InlineData("no json")]
    public async Task ListTags_SomethingElse_IsRefused(string body)
    {
        await using var server = await HostileServer.StartAsync(context => AnswerAsync(context, body));
        using var client = new RegistryClient(new RegistryOptions(), TimeProvider.System);

        await Refusal.OfAsync(TrustError.RegistryInconsistent, () => client.ListTagsAsync(RepositoryName.Parse($"{server.Authority}/app"), CancellationToken.None));
    }

    [Fact]
    public async Task ListTags_NullOrUnknownRepository_IsNone()
    {
        await using var empty = await HostileServer.StartAsync(context => AnswerAsync(context, """{"name":"app","tags":null}"""));
        await using var unknown = await HostileServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        using var client = new RegistryClient(new RegistryOptions(), TimeProvider.System);

        Assert.Empty(await client.ListTagsAsync(RepositoryName.Parse($"{empty.Authority}/app"), CancellationToken.None));
        Assert.Empty(await client.ListTagsAsync(RepositoryName.Parse($"{unknown.Authority}/app"), CancellationToken.None));
    }

    private static Task AnswerAsync(HttpContext context, string body, string? link = null)
    {
        if (link is not null)
            context.Response.Headers.Link = link;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }
}
