using Microsoft.AspNetCore.Http;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

/// <summary>Stands between machines that only read and the trust server: it passes requests on, except for those that it answers itself.</summary>
internal static class TrustServerFront
{
    /// <summary>Starts it.</summary>
    /// <param name="server">The trust server.</param>
    /// <param name="answerAsync">Answers a request and says so, or leaves it to the server.</param>
    public static Task<HostileServer> StartAsync(TrustServerHost server, Func<HttpContext, Task<bool>> answerAsync) => HostileServer.StartAsync(async context =>
    {
        if (await answerAsync(context))
            return;
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(server.Url + context.Request.Path.ToUriComponent() + context.Request.QueryString), context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body);
    });
}
