using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace TrustService.Server.Tests.Endpoints.Notary;

/// <summary>Reads answers of the Notary routes.</summary>
internal static class NotaryAnswers
{
    /// <summary>The one error of an answer, of the shape and size that clients can read.</summary>
    public static async Task<JsonObject> ErrorAsync(this Task<HttpResponseMessage> answering, HttpStatusCode status, string code)
    {
        using var answer = await answering;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 1, 1023);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var error = Assert.Single(JsonNode.Parse(text)!["errors"]!.AsArray())!.AsObject();
        Assert.Equal(code, (string?)error["code"]);
        return error;
    }

    /// <summary>The text of a refused update, whose detail must have this name.</summary>
    public static async Task<string> InvalidUpdateAsync(this Task<HttpResponseMessage> answering, string name)
    {
        var error = await answering.ErrorAsync(HttpStatusCode.BadRequest, "INVALID_UPDATE");
        Assert.Equal(name, (string?)error["detail"]!["Name"]);
        return (string)error["detail"]!["Error"]!["Msg"]!;
    }

    /// <summary>An answer that must be the 404 that clients take for "not initialised".</summary>
    public static Task<JsonObject> NotFoundAsync(this Task<HttpResponseMessage> answering) => answering.ErrorAsync(HttpStatusCode.NotFound, "METADATA_NOT_FOUND");

    /// <summary>Asserts a plain 200.</summary>
    public static async Task OkAsync(this Task<HttpResponseMessage> answering)
    {
        using var answer = await answering;
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }
}
