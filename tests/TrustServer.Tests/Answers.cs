using System.Net;
using System.Text.Json.Nodes;
using TrustService.Errors;

namespace TrustService.Server.Tests;

/// <summary>Reads answers of the server.</summary>
internal static class Answers
{
    /// <summary>The body as JSON.</summary>
    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();

    /// <summary>The body of an answer that must be a problem with the status and code of <paramref name="error"/>.</summary>
    public static async Task<JsonObject> RefusedAsync(this Task<HttpResponseMessage> answering, TrustError error)
    {
        using var answer = await answering;
        var text = await answer.Content.ReadAsStringAsync();
        var info = TrustErrors.Describe(error);
        Assert.True(info.HttpStatus == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(info.Code, (string?)problem["code"]);
        Assert.Equal(info.HttpStatus, (int?)problem["status"]);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return problem;
    }

    /// <summary>The versions in an answer that must be a success.</summary>
    public static async Task<Dictionary<string, long>> VersionsAsync(this Task<HttpResponseMessage> answering)
    {
        using var answer = await answering;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!["versions"]!.AsObject().ToDictionary(version => version.Key, version => (long)version.Value!);
    }

    /// <summary>Asserts that no file of the repository has changed since <paramref name="before"/>.</summary>
    public static async Task UnmovedAsync(this HttpClient server, string metadataPath, byte[] before) =>
        Assert.Equal(before, await server.GetByteArrayAsync($"{metadataPath}/timestamp.json"));
}
