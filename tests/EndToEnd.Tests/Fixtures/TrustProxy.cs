using Microsoft.AspNetCore.Http;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>Somebody between the signer and the trust server, who passes every request on and may change every metadata file.</summary>
public sealed class TrustProxy : IAsyncDisposable
{
    private readonly HostileServer front;

    private TrustProxy(HostileServer front, State state) => (this.front, Changes) = (front, state);

    /// <summary>Address of the proxy; plain HTTP on this machine.</summary>
    public string Url => front.Address.ToString().TrimEnd('/');

    /// <summary>What is changed on the way.</summary>
    public State Changes { get; }

    /// <summary>Starts a proxy in front of a server.</summary>
    public static async Task<TrustProxy> StartAsync(ServerProcess server)
    {
        var state = new State();
        return new TrustProxy(await HostileServer.StartAsync(context => PassOnAsync(context, server, state)), state);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => front.DisposeAsync();

    private static async Task PassOnAsync(HttpContext context, ServerProcess server, State state)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri($"{server.Url}{context.Request.Path}{context.Request.QueryString}"));
        if (context.Request.ContentType is { } contentType)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        using var answer = await server.Http.SendAsync(request);
        var fileName = context.Request.Path.Value!.Split('/')[^1];
        var body = await answer.Content.ReadAsByteArrayAsync();
        var changed = request.Method == HttpMethod.Get ? state.Change(fileName, answer.IsSuccessStatusCode ? body : null) : body;
        context.Response.StatusCode = changed is null ? StatusCodes.Status404NotFound : ReferenceEquals(changed, body) ? (int)answer.StatusCode : StatusCodes.Status200OK;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await context.Response.Body.WriteAsync(changed ?? body);
    }

    /// <summary>The changes that a proxy makes.</summary>
    public sealed class State
    {
        /// <summary>Gets a file's name and what the server gave (null: nothing); returns what the signer gets.</summary>
        public Func<string, byte[]?, byte[]?> Change { get; private set; } = PassOn;

        /// <summary>Gives other bytes for one file.</summary>
        public void Replace(string fileName, byte[] bytes) => Change = Then(Change, (name, body) => name == fileName ? bytes : body);

        /// <summary>Changes one file on the way.</summary>
        public void Edit(string fileName, Func<byte[], byte[]> edit) => Change = Then(Change, (name, body) => name == fileName && body is not null ? edit(body) : body);

        /// <summary>Holds every file back whose name ends so.</summary>
        public void Withhold(string ending) => Change = Then(Change, (name, body) => name.EndsWith(ending, StringComparison.Ordinal) ? null : body);

        /// <summary>Passes everything on again.</summary>
        public void Clear() => Change = PassOn;

        private static byte[]? PassOn(string name, byte[]? body) => body;

        private static Func<string, byte[]?, byte[]?> Then(Func<string, byte[]?, byte[]?> first, Func<string, byte[]?, byte[]?> second) =>
            (name, body) => second(name, first(name, body));
    }
}
