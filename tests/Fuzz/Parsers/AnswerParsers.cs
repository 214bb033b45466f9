using System.Text;
using TrustService.Client;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Fuzz.Mutators;
using TrustService.Http;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Fuzz.Parsers;

/// <summary>Whole HTTP answers of trust servers, registries and token services, from the first byte of the status line on.</summary>
internal static class AnswerParsers
{
    private static readonly byte[] Between = "\n%%\n"u8.ToArray();
    private static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");
    private static readonly HttpClientOptions Options = new() { TotalTimeout = TimeSpan.FromSeconds(10) };

    public static IEnumerable<ParserUnderTest> Make()
    {
        var key = TestKeys.New().Describe();
        var keyAnswer = $$"""{"keyid":"{{key.Id}}",{{key.Source.GetRawText()[1..^1]}},"standby":[]}""";
        yield return Exchange("answer-metadata", Seeds("""{"signed":{}}""", """{"type":"about:blank","title":"a","status":404,"code":"repository-unknown","detail":"d","hint":"h","role":"root"}"""),
            exchange => new TrustServerClient(exchange, Server).Metadata(Repository).FetchAsync("timestamp.json", 16_384, CancellationToken.None));
        yield return Exchange("answer-publish", Seeds("""{"versions":{"root":1,"targets":3,"snapshot":4,"timestamp":4}}""", """{"code":"publish-conflict","detail":"d","versions":{"targets":4}}"""),
            exchange => new TrustServerClient(exchange, Server).PublishAsync(Repository, new Dictionary<RoleName, ReadOnlyMemory<byte>>(), CancellationToken.None));
        yield return Exchange("answer-online-keys", Seeds(keyAnswer, """{"code":"wrong-format"}"""),
            exchange => new TrustServerClient(exchange, Server).RequestOnlineKeysAsync(TufFormat.Instance, Repository, RoleName.Snapshot, CancellationToken.None));
        yield return Exchange("answer-notary", Seeds("""{"keytype":"ed25519","keyval":{"public":"1/Y8EZIDB350gZwwkdrenSbge9NyF4qUhgQwwOvCjj0=","private":null}}""", """{"errors":[{"code":"INVALID_UPDATE","message":"m","detail":{"Name":"ErrBadTargets","Error":{"Msg":"m"}}}]}"""),
            exchange => new NotaryServerClient(exchange, Server, null).RequestOnlineKeysAsync(NotaryFormat.Instance, Repository, RoleName.Snapshot, CancellationToken.None));
        yield return Exchange("answer-registry", [.. Authenticated, .. Seeds(Manifest, """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"m"}]}""")], ReadManifestAsync);
    }

    private const string Server = "http://127.0.0.1:4480";

    private static string Manifest => $$$"""{"schemaVersion":2,"mediaType":"{{{MediaTypes.OciIndex}}}","manifests":[]}""";

    // A challenge, the token service's answer, and what was asked for.
    private static byte[][] Authenticated =>
    [
        Join(Answer("401 Unauthorized", "text/plain", "", "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:5001/token\",service=\"r\",scope=\"repository:team/app:pull\""),
            Answer("200 OK", "application/json", """{"token":"abc","expires_in":300}"""),
            Answer("200 OK", MediaTypes.OciIndex, Manifest, "Docker-Content-Digest: sha256:" + new string('a', 64))),
    ];

    private static byte[][] Seeds(string success, string problem) =>
    [
        Answer("200 OK", "application/json", success),
        Answer("200 OK", "application/json", success, "Transfer-Encoding: chunked"),
        Answer("404 Not Found", "application/problem+json", problem),
        Answer("409 Conflict", "application/problem+json; charset=utf-8", problem),
        Answer("429 Too Many Requests", "text/html", "<html>", "Retry-After: 1"),
        Answer("503 Service Unavailable", "application/json", problem),
        Join(Answer("307 Temporary Redirect", "text/plain", "", "Location: /other"), Answer("200 OK", "application/json", success)),
    ];

    private static byte[] Answer(string status, string type, string body, params string[] headers)
    {
        var chunked = headers.Contains("Transfer-Encoding: chunked");
        var length = chunked ? [] : (string[])[$"Content-Length: {Encoding.UTF8.GetByteCount(body)}"];
        var text = chunked ? $"{Encoding.UTF8.GetByteCount(body):x}\r\n{body}\r\n0\r\n\r\n" : body;
        return InputText.Seed($"HTTP/1.1 {status}\r\n{string.Join("\r\n", [$"Content-Type: {type}", "Connection: close", .. length, .. headers])}\r\n\r\n{text}");
    }

    private static byte[] Join(params byte[][] answers) => [.. answers.SelectMany((answer, index) => index == 0 ? answer : (byte[])[.. Between, .. answer])];

    private static ParserUnderTest Exchange(string name, byte[][] seeds, Func<HttpExchange, Task> read) =>
        new(name, 1, new ByteMutator("HTTP/1.1 ", "HTTP/1.0 ", "HTTP/9.9 ", "\r\n\r\n", "\r\n", "\n", "Content-Length: ", "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n",
            "Location: ", "Location: http://169.254.169.254/\r\n", "Location: file:///etc/passwd\r\n", "Content-Type: application/problem+json\r\n", "WWW-Authenticate: ", "Bearer realm=", "Basic realm=\"x\"", "Docker-Content-Digest: ",
            "Retry-After: ", "100 Continue", "204 No Content", "304 Not Modified", "200 OK", "\n%%\n", "ffffffff\r\n", "0\r\n\r\n"), [.. seeds], input =>
        {
            using var client = RawAnswers.Connect(Split(input));
            read(new HttpExchange(client, HttpPeer.TrustServer, Options)).GetAwaiter().GetResult();
        });

    private static async Task ReadManifestAsync(HttpExchange exchange)
    {
        var authenticated = new AuthenticatedExchange(exchange, HttpPeer.Registry, null);
        var answer = await authenticated.SendAsync(new Uri("http://127.0.0.1:5000/v2/team/app/manifests/1.4.2"), uri => new HttpRequestMessage(HttpMethod.Get, uri), OciLimits.MaxManifestBytes, Repository, "repository:team/app:pull", CancellationToken.None).ConfigureAwait(false);
        _ = RegistryErrors.Describe(answer);
        _ = ManifestReader.Read(answer.Body, answer.ContentType == "application/json" ? null : answer.ContentType, null);
    }

    private static List<byte[]> Split(byte[] input)
    {
        var answers = new List<byte[]>();
        var rest = input.AsSpan();
        for (var at = rest.IndexOf(Between); at >= 0; at = rest.IndexOf(Between))
        {
            answers.Add(rest[..at].ToArray());
            rest = rest[(at + Between.Length)..];
        }
        answers.Add(rest.ToArray());
        return answers;
    }
}
