using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Fuzz.Mutators;
using TrustService.Server.Endpoints;
using TrustService.Server.Endpoints.Notary;
using TrustService.Server.Options;
using TrustService.Server.Services;
using TrustService.Server.Stores;

namespace TrustService.Fuzz.Parsers;

/// <summary>What requests bring to the server: paths, headers and multipart bodies.</summary>
internal static class ServerParsers
{
    private static readonly UploadReader Reader = new(Options.Create(new LimitOptions()), TimeProvider.System);

    public static IEnumerable<ParserUnderTest> Make()
    {
        yield return new ParserUnderTest("upload", 4, Multipart(), Uploads("root", "targets"), input => Upload(input, PublishEndpoints.Rules));
        yield return new ParserUnderTest("notary-upload", 3, Multipart(), Uploads("root", "targets/releases", "snapshot"), input => Coded(() => Upload(input, NotaryPublishEndpoint.Rules)));
        yield return Text("tuf-path", text => TufPath.Parse(Request("GET", text)), "/tuf/registry.example.com/team/app/metadata/timestamp.json", "/tuf/alpine/metadata/1.team%2Fa.json", "/tuf/docker.io/library/alpine/keys/snapshot", "http://h/tuf/a/metadata?x=y");
        yield return Text("notary-path", text => Coded(() => NotaryPath.Parse(NotaryPath.Clean(NotaryPath.DecodedOf(Request("GET", text))))), "/v2/registry.example.com/team/app/_trust/tuf/targets/releases.json", "/v2/a/_trust/tuf/_trust/tuf/1.root.json", "/v2/a/../b//_trust/tuf/snapshot.key", "/v2/a/_trust/changefeed?records=1");
        yield return Text("url-decoding", text => RawTarget.Decode(text), "a%20b%2Fc", "%C3%BC", "%", "%25%32%35", "plain");
        yield return Text("metadata-file-name", text => { if (MetadataFileName.TryParse(text, out var name)) _ = name.Role; }, "3.targets.json", "9007199254740991.a.b.json", "timestamp.json", "root.json");
        yield return Text("history-position", text => { if (HistoryPosition.TryParse(text, out var position)) _ = position.ToString(); }, "1767225600000.7.targets", "253402300799999.1.a.b");
        yield return Text("if-none-match", text => ConditionalRequest.HasVersion(text, "\"abc\""), "\"abc\"", "W/\"abc\", \"d\"", "*");
    }

    private static ByteMutator Multipart() => new(
        "--b", "--b--", "\r\n--b\r\n", "\r\n", "\r\n\r\n", "Content-Disposition: form-data; name=\"files\"; filename=\"root\"\r\n", "filename=\"targets\"", "filename*=UTF-8''root", "filename*=utf-7''root", "filename*", "filename=\"=?utf-8?B?cm9vdA==?=\"", "utf-7", "utf-32", "iso-8859-1", "filename=\"../root\"", "filename=\"timestamp.json\"",
        "Content-Type: application/json\r\n", "Content-Transfer-Encoding: base64\r\n", "multipart/form-data", "boundary=", "; boundary=\"b\"", "root", "targets", "snapshot", "targets/releases", "a: b\r\n");

    private static System.Collections.Immutable.ImmutableArray<byte[]> Uploads(params string[] roles)
    {
        var parts = string.Concat(roles.Select(role => $"--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{role}\"\r\nContent-Type: application/json\r\n\r\n{{\"signed\":{{}}}}\r\n"));
        return [InputText.Seed($"multipart/form-data; boundary=b\n{parts}--b--\r\n"), InputText.Seed($"multipart/form-data; boundary=\"b\"\n{parts.Replace("filename=", "filename*=UTF-8''x; filename=", StringComparison.Ordinal)}--b--")];
    }

    private static ParserUnderTest Text(string name, Action<string> read, params string[] seeds) =>
        new(name, 5, new ByteMutator("/tuf/", "/v2/", "/metadata/", "/keys/", "/_trust/tuf/", ".json", ".key", "%2F", "%2e%2e", "%00", "%C0%AF", "%ED%A0%80", "http://", "?", "targets", "snapshot", "W/", "\""), [.. seeds.Select(InputText.Seed)], input => read(InputText.Of(input)));

    private static void Upload(byte[] input, UploadRules rules)
    {
        var line = Math.Max(0, input.AsSpan().IndexOf((byte)'\n'));
        var context = new DefaultHttpContext();
        context.Request.ContentType = InputText.Of(input[..line]);
        context.Request.Body = new MemoryStream(input, Math.Min(line + 1, input.Length), Math.Max(0, input.Length - line - 1));
        _ = Reader.ReadAsync(context.Request, rules, CancellationToken.None).GetAwaiter().GetResult();
    }

    // The Notary surface has codes of its own.
    private static void Coded(Action read)
    {
        try
        {
            read();
        }
        catch (NotaryException e)
        {
            throw new TrustException(TrustError.MalformedRequest, e.Message, e);
        }
    }

    private static DefaultHttpContext Request(string method, string target)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return context;
    }
}
