using System.Net;
using System.Net.Http.Headers;
using TrustService.Errors;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>Reading as TUF clients and caches do.</summary>
public sealed class MetadataFileTests : HostileUpload
{
    [Theory]
    [InlineData("timestamp.json", "must-revalidate, public, max-age=5")]
    [InlineData("root.json", "must-revalidate, public, max-age=5")]
    [InlineData("1.root.json", "public, max-age=31536000, immutable")]
    [InlineData("1.targets.json", "public, max-age=31536000, immutable")]
    [InlineData("1.snapshot.json", "public, max-age=31536000, immutable")]
    public async Task File_HasStrongTagTypeAndCaching(string name, string caching)
    {
        using var answer = await Server.Client.GetAsync($"{Owner.MetadataPath}/{name}");
        var body = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(body.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(caching.Split(", ").Order(), answer.Headers.CacheControl!.ToString().Split(", ").Order());
        Assert.False(answer.Headers.ETag!.IsWeak);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());

        using var head = await Server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{Owner.MetadataPath}/{name}"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(body.Length, head.Content.Headers.ContentLength);
        Assert.Equal(answer.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("{0}", HttpStatusCode.NotModified)]
    [InlineData("\"other\", {0}", HttpStatusCode.NotModified)]
    [InlineData("W/{0}", HttpStatusCode.NotModified)]
    [InlineData("*", HttpStatusCode.NotModified)]
    [InlineData("\"other\"", HttpStatusCode.OK)]
    public async Task File_ThatTheClientHas_IsNotSentAgain(string ifNoneMatch, HttpStatusCode expected)
    {
        using var first = await Server.Client.GetAsync($"{Owner.MetadataPath}/timestamp.json");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Owner.MetadataPath}/timestamp.json");
        request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch.Replace("{0}", first.Headers.ETag!.Tag, StringComparison.Ordinal));

        using var answer = await Server.Client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(first.Headers.ETag, answer.Headers.ETag);
    }

    [Fact]
    public async Task NextRoot_ThatDoesNotExist_IsCachedBriefly()
    {
        using var answer = await Server.Client.GetAsync($"{Owner.MetadataPath}/2.root.json");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.CacheControl?.MaxAge);
    }

    [Fact]
    public async Task NextTargets_ThatDoesNotExist_IsNotCached()
    {
        using var answer = await Server.Client.GetAsync($"{Owner.MetadataPath}/2.targets.json");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task UnknownRepositoryAndUnknownFile_HaveCodesOfTheirOwn()
    {
        await Server.Client.GetAsync("/tuf/registry.example.com/none/metadata/timestamp.json").RefusedAsync(TrustError.RepositoryUnknown);
        await Server.Client.GetAsync($"{Owner.MetadataPath}/9.targets.json").RefusedAsync(TrustError.MetadataUnknown);
        await Server.Client.GetAsync($"{Owner.MetadataPath}/1.nobody.json").RefusedAsync(TrustError.MetadataUnknown);
        await Server.Client.GetAsync($"/tuf/{Owner.Name}/keys/targets").RefusedAsync(TrustError.MetadataUnknown);
    }

    [Theory]
    [InlineData("localhost:5000/app")]
    [InlineData("registry.example.com/metadata")]
    [InlineData("registry.example.com/keys")]
    [InlineData("registry.example.com/a/metadata/keys")]
    [InlineData("[2001:db8::1]:5000/app")]
    public async Task RepositoryName_OfAnyForm_ReadsItsOwnMetadata(string name)
    {
        using var owner = new Testing.RepositoryBuilder(Server.Clock, name);

        await owner.InitAsync(Server.Client);

        Assert.NotEmpty(await Server.Client.GetByteArrayAsync($"{owner.MetadataPath}/timestamp.json"));
        Assert.NotEmpty(await Server.Client.GetByteArrayAsync($"/tuf/{name.Replace(":", "%3A", StringComparison.Ordinal)}/metadata/timestamp.json"));
        Assert.NotEmpty(await Server.Client.GetByteArrayAsync($"/api/v1/repositories/{name}"));
    }

    [Fact]
    public async Task Read_AbsoluteFormAndQuery_AreUnderstood()
    {
        var (status, _) = await RawHttp.GetAsync(Server.Client.BaseAddress!, $"http://{Server.Client.BaseAddress!.Authority}{Owner.MetadataPath}/1.root.json?x=1");

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task UnknownRoutesAndMethods_AreProblems()
    {
        using var missing = await Server.Client.GetAsync("/nothing/here");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("route-unknown", (string?)(await missing.JsonAsync())["code"]);
        using var method = await Server.Client.DeleteAsync($"{Owner.MetadataPath}/timestamp.json");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, method.StatusCode);
        Assert.Equal("method-not-allowed", (string?)(await method.JsonAsync())["code"]);
        Assert.Contains("GET", method.Content.Headers.Allow);
        Assert.Equal(MediaTypeHeaderValue.Parse("application/problem+json"), method.Content.Headers.ContentType);
    }
}
