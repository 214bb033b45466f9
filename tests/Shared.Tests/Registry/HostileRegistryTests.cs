using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Registry;

public sealed class HostileRegistryTests
{
    private static readonly byte[] First = Image('1');
    private static readonly byte[] Second = Image('2');

    [Fact]
    public async Task Case40_AnnouncedDigestOfOtherBytes_IsRefused()
    {
        await using var server = await HostileServer.StartAsync(Misbehaviour.Manifest(Second, MediaTypes.OciManifest, Digest.OfSha256(First).ToString()));
        await Refusal.OfAsync(TrustError.RegistryInconsistent, () => ResolveAsync(server));
    }

    [Theory]
    [InlineData("sha256:00")]
    [InlineData("\"\"")]
    public async Task Case40_AnnouncedDigestThatIsNone_IsRefused(string announced)
    {
        await using var server = await HostileServer.StartAsync(Misbehaviour.Manifest(First, MediaTypes.OciManifest, announced));
        await Refusal.OfAsync(TrustError.RegistryInconsistent, () => ResolveAsync(server));
    }

    [Fact]
    public async Task Case40_AnswerThatChangesEachTime_IsAskedForOnceAndItsDigestHandedOn()
    {
        var requests = new ConcurrentQueue<string>();
        await using var server = await HostileServer.StartAsync(context =>
        {
            requests.Enqueue(context.Request.Method);
            var bytes = requests.Count == 1 ? First : Second;
            return Misbehaviour.Manifest(bytes, MediaTypes.OciManifest, Digest.OfSha256(bytes).ToString())(context);
        });
        using var client = Client();
        var reference = Reference(server);

        var manifest = await client.ResolveAsync(reference, CancellationToken.None);

        Assert.Equal(["GET"], requests);
        Assert.Equal(Digest.OfSha256(First), manifest.Digest);
        Assert.Equal(First, manifest.Bytes.ToArray());
        await Refusal.OfAsync(TrustError.DigestMismatch, () => client.FetchAsync(reference.Repository, manifest.Digest, CancellationToken.None));
    }

    [Fact]
    public async Task Case44_ContentTypeThatIsNotTheManifests_IsRefused()
    {
        await using var server = await HostileServer.StartAsync(Misbehaviour.Manifest(First, MediaTypes.OciIndex, null));
        await Refusal.OfAsync(TrustError.InvalidManifest, () => ResolveAsync(server));
    }

    [Theory]
    [InlineData(0, TrustError.InvalidManifest)]
    [InlineData(OciLimits.MaxManifestBytes + 1, TrustError.TooLarge)]
    public async Task Case48_EmptyOrHugeManifest_IsRefused(int size, TrustError expected)
    {
        await using var server = await HostileServer.StartAsync(Misbehaviour.Manifest(new byte[size], MediaTypes.OciManifest, null));
        await Refusal.OfAsync(expected, () => ResolveAsync(server));
    }

    public static TheoryData<string, TrustError> Hostile => new()
    {
        { nameof(Misbehaviour.EndlessBody), TrustError.TooLarge },
        { nameof(Misbehaviour.SlowBody), TrustError.RegistryUnreachable },
        { nameof(Misbehaviour.ShortBody), TrustError.RegistryUnreachable },
        { nameof(Misbehaviour.GzipBomb), TrustError.RegistryInconsistent },
        { nameof(Misbehaviour.RedirectLoop), TrustError.RegistryInconsistent },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Case34_HostileAnswer_IsRefused(string behaviour, TrustError expected)
    {
        await using var server = await HostileServer.StartAsync((RequestDelegate)typeof(Misbehaviour).GetProperty(behaviour)!.GetValue(null)!);
        await Refusal.OfAsync(expected, () => ResolveAsync(server));
    }

    [Fact]
    public async Task Case64_RedirectToAnotherHost_CarriesNoCredentialsThere()
    {
        var stolen = new ConcurrentQueue<string>();
        await using var thief = await HostileServer.StartAsync(context =>
        {
            stolen.Enqueue(context.Request.Headers.Authorization.ToString());
            return Task.CompletedTask;
        });
        await using var server = await HostileServer.StartAsync(context =>
            context.Request.Headers.Authorization.Count == 0
                ? Challenge("Basic realm=\"x\"")(context)
                : Misbehaviour.RedirectTo(thief.Address.AbsoluteUri)(context));

        await Refusal.OfAsync(TrustError.RegistryInconsistent, () => ResolveAsync(server, "u", "hunter2"));
        Assert.Empty(stolen);
    }

    [Fact]
    public async Task Case60_TokenServiceWithoutTlsForARegistryWithTls_GetsNothing()
    {
        using var certificates = new TestCertificates();
        using var directory = new TestDirectory();
        var asked = 0;
        await using var thief = await HostileServer.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await using var server = await HostileServer.StartAsync(Challenge($"Bearer realm=\"{thief.Address}token\""), certificates.MakeServer());

        await Refusal.OfAsync(TrustError.InsecureTransport, () => ResolveAsync(server, "u", "hunter2", directory.Write("ca.pem", certificates.AuthorityPem)));
        Assert.Equal(0, asked);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("s3cr3t")]
    [InlineData("{\"token\":\"s3cr3t\\r\\nX: y\"}")]
    [InlineData("{\"token\":7}")]
    [InlineData("{\"token\":\"\"}")]
    public async Task ResolveAsync_TokenAnswerThatIsNone_IsRefusedWithoutShowingIt(string body)
    {
        await using var tokens = await HostileServer.StartAsync(context => context.Response.WriteAsync(body));
        await using var server = await HostileServer.StartAsync(Challenge($"Bearer realm=\"{tokens.Address}\""));

        var refusal = await Refusal.OfAsync(TrustError.RegistryInconsistent, () => ResolveAsync(server));
        Assert.DoesNotContain("s3cr3t", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case34_EndlessTokenAnswer_IsRefused()
    {
        await using var tokens = await HostileServer.StartAsync(Misbehaviour.EndlessBody);
        await using var server = await HostileServer.StartAsync(Challenge($"Bearer realm=\"{tokens.Address}\""));
        await Refusal.OfAsync(TrustError.TooLarge, () => ResolveAsync(server));
    }

    [Theory]
    [InlineData(401, TrustError.RegistryDenied)]
    [InlineData(403, TrustError.RegistryDenied)]
    [InlineData(404, TrustError.ImageUnknown)]
    [InlineData(400, TrustError.RegistryUnreachable)]
    [InlineData(429, TrustError.RegistryUnreachable)]
    [InlineData(500, TrustError.RegistryUnreachable)]
    [InlineData(503, TrustError.RegistryUnreachable)]
    [InlineData(204, TrustError.RegistryInconsistent)]
    public async Task ResolveAsync_Status_IsDenialAbsenceOrOutage(int status, TrustError expected)
    {
        await using var server = await HostileServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var refusal = await Refusal.OfAsync(expected, () => ResolveAsync(server));
        // What speaks TLS answers so to plain HTTP, which is the default on this machine.
        Assert.Equal(status == 400, refusal.Hint?.Contains("--registry-ca", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task ResolveAsync_TlsOnThisMachineIsHungUpOn_SaysThatItMaySpeakTls()
    {
        using var certificates = new TestCertificates();
        await using var server = await HostileServer.StartAsync(_ => Task.CompletedTask, certificates.MakeServer());
        var refusal = await Refusal.OfAsync(TrustError.RegistryUnreachable, () => ResolveAsync(server));
        Assert.Contains("may speak TLS", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_ErrorBody_ShowsItsCodeWithoutControlCharacters()
    {
        await using var server = await HostileServer.StartAsync(context =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync("""{"errors":[{"code":"UNKNOWN\u001b[31m"}]}""");
        });
        var refusal = await Refusal.OfAsync(TrustError.RegistryUnreachable, () => ResolveAsync(server));
        Assert.Contains("status 500 ('UNKNOWN?[31m')", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", 2)]
    [InlineData("3600", 1)]
    [InlineData("soon", 1)]
    public async Task ResolveAsync_TooManyRequests_IsTriedOnceMoreIfTheWaitIsShort(string retryAfter, int expectedRequests)
    {
        var requests = 0;
        await using var server = await HostileServer.StartAsync(context =>
        {
            Interlocked.Increment(ref requests);
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });

        await Refusal.OfAsync(TrustError.RegistryUnreachable, () => ResolveAsync(server));
        Assert.Equal(expectedRequests, requests);
    }

    [Fact]
    public async Task ResolveAsync_Request_AcceptsTheFourTypes()
    {
        var accept = "";
        await using var server = await HostileServer.StartAsync(context =>
        {
            accept = context.Request.Headers.Accept.ToString();
            return Misbehaviour.Manifest(First, MediaTypes.OciManifest, null)(context);
        });

        await ResolveAsync(server);

        Assert.All(MediaTypes.Accepted, mediaType => Assert.Contains(mediaType, accept, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ResolveAsync_CertificateDirectory_IsTrustedForItsHostOnly()
    {
        using var certificates = new TestCertificates();
        using var directory = new TestDirectory();
        await using var server = await HostileServer.StartAsync(Misbehaviour.Manifest(First, MediaTypes.OciManifest, null), certificates.MakeServer());
        directory.Write("other.example/ca.crt", certificates.AuthorityPem);
        var options = new RegistryOptions { CertificateDirectories = [directory.FullPath], PlainHttp = false };

        using (var client = new RegistryClient(options, TimeProvider.System))
            await Refusal.OfAsync(TrustError.RegistryUnreachable, () => client.ResolveAsync(Reference(server), CancellationToken.None));
        directory.Write($"{server.Authority}/ca.crt", certificates.AuthorityPem);
        using (var client = new RegistryClient(options, TimeProvider.System))
            Assert.Equal(Digest.OfSha256(First), (await client.ResolveAsync(Reference(server), CancellationToken.None)).Digest);
    }

    private static RequestDelegate Challenge(string challenge) => context =>
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = challenge;
        return Task.CompletedTask;
    };

    private static async Task<Manifest> ResolveAsync(HostileServer server, string? user = null, string password = "", string? authority = null)
    {
        using var client = Client(user is null ? null : new GivenCredentials(server.Authority, RegistryCredential.OfPassword(user, password), null), authority);
        return await client.ResolveAsync(Reference(server), CancellationToken.None);
    }

    private static RegistryClient Client(IRegistryCredentials? credentials = null, string? authority = null) =>
        new(new RegistryOptions { Credentials = credentials, ExtraCaFile = authority, Timeout = TimeSpan.FromSeconds(2) }, TimeProvider.System);

    private static ImageReference Reference(HostileServer server) => ImageReference.Parse($"{server.Authority}/team/app:1.0");

    private static byte[] Image(char layer) => Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{{Descriptor('0')}},"layers":[{{Descriptor(layer)}}]}""");

    private static string Descriptor(char digit) => $$"""{"mediaType":"application/octet-stream","digest":"sha256:{{new string(digit, 64)}}","size":1}""";
}
