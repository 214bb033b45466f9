using Microsoft.AspNetCore.Http;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class TargetDownloaderTests : IAsyncLifetime, IDisposable
{
    private readonly TestDirectory directory = new();
    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly HttpClientOptions http = new() { TotalTimeout = TimeSpan.FromSeconds(5) };
    private ClientFixture client = null!;
    private RepositorySimulatorHost host = null!;
    private HttpClient connections = null!;

    private string Files => directory["files"];

    public async Task InitializeAsync()
    {
        host = await RepositorySimulatorHost.StartAsync(repository);
        connections = HttpClients.Create(http);
        client = new ClientFixture(repository) { Source = new HttpMetadataSource(new HttpExchange(connections, HttpPeer.TrustServer, http), host.MetadataUrl) };
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    public void Dispose()
    {
        connections.Dispose();
        client.Dispose();
        directory.Dispose();
    }

    [Theory]
    [InlineData("file", "HASH.file")]
    [InlineData("dir/sub/file", "dir/sub/HASH.file")]
    [InlineData("a b", "HASH.a%20b")]
    [InlineData("ü", "HASH.%C3%BC")]
    [InlineData("a#b", "HASH.a%23b")]
    [InlineData("a?b", "HASH.a%3Fb")]
    [InlineData("a\\b", "HASH.a%5Cb")]
    [InlineData("a:b@c+d", "HASH.a:b@c+d")]
    [InlineData("...", "HASH....")]
    public async Task Download_AnyName_AsksForItsHashAndStoresOneFile(string name, string request)
    {
        repository.AddTarget(RoleName.Targets, name, "content");
        repository.Publish(RoleName.Targets);

        var path = await DownloadAsync(name);

        Assert.Equal("content", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(Files));
        Assert.EndsWith("/targets/" + request.Replace("HASH", Sha256Of("content"), StringComparison.Ordinal), host.RawRequests[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("./x")]
    [InlineData("..")]
    public async Task Case29_NameThatLeavesTheDirectory_IsRefused(string name)
    {
        repository.AddTarget(RoleName.Targets, name, "content");
        repository.Publish(RoleName.Targets);

        await Refusal.OfAsync(TrustError.InvalidTargetPath, () => DownloadAsync(name));

        Assert.False(Directory.Exists(Files));
    }

    [Fact]
    public async Task Case29_LinkInTheDirectory_IsReplacedAndNotFollowed()
    {
        repository.AddTarget(RoleName.Targets, "file", "content");
        repository.Publish(RoleName.Targets);
        var outside = directory.Write("outside", "content");
        Directory.CreateDirectory(Files);
        File.CreateSymbolicLink(Path.Combine(Files, "file"), outside);

        var path = await DownloadAsync("file");

        Assert.Null(new FileInfo(path).LinkTarget);
        File.AppendAllText(path, "more");
        Assert.Equal("content", File.ReadAllText(outside));
    }

    [Fact]
    public async Task Download_SecondTime_AsksForNothingAndTouchesNothing()
    {
        repository.AddTarget(RoleName.Targets, "file", "content");
        repository.Publish(RoleName.Targets);
        var path = await DownloadAsync("file");
        var written = File.GetLastWriteTimeUtc(path);
        var requests = host.RawRequests.Count(request => request.StartsWith("/targets/", StringComparison.Ordinal));

        await DownloadAsync("file");

        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
        Assert.Equal(requests, host.RawRequests.Count(request => request.StartsWith("/targets/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("tampered", TrustError.HashMismatch)]
    [InlineData("short", TrustError.LengthMismatch)]
    [InlineData("much longer", TrustError.TooLarge)]
    public async Task Download_OtherContentIsServed_IsRefusedAndTheFormerFileStays(string served, TrustError expected)
    {
        repository.AddTarget(RoleName.Targets, "file", "former");
        repository.Publish(RoleName.Targets);
        var path = await DownloadAsync("file");
        repository.AddTarget(RoleName.Targets, "file", "content!");
        repository.Publish(RoleName.Targets);
        repository.TargetFiles["file"] = System.Text.Encoding.UTF8.GetBytes(served);

        await Refusal.OfAsync(expected, () => DownloadAsync("file"));

        Assert.Equal("former", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(Files));
    }

    [Fact]
    public async Task Download_FileIsAbsent_IsRefused()
    {
        repository.AddTarget(RoleName.Targets, "file", "content");
        repository.TargetFiles.Clear();
        repository.Publish(RoleName.Targets);

        await Refusal.OfAsync(TrustError.MetadataUnknown, () => DownloadAsync("file"));
    }

    [Fact]
    public async Task Download_LengthBeyondTheLimit_IsRefusedWithoutARequest()
    {
        repository.AddTarget(RoleName.Targets, "file", new TargetFile { Length = TargetDownloader.MaxTargetBytes + 1L, Hashes = FileHashes.OfSha256([]) });
        repository.Publish(RoleName.Targets);

        await Refusal.OfAsync(TrustError.TooLarge, () => DownloadAsync("file"));

        Assert.DoesNotContain(host.RawRequests, request => request.StartsWith("/targets/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refresh_ServerForbidsWithACode_IsNotTakenForAbsence()
    {
        host.Intercept = async context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync("""{"code":"forbidden","detail":"no access\u001b[2J"}""");
            return true;
        };

        var refusal = await client.RefusedAsync(TrustError.Forbidden);

        Assert.DoesNotContain('\u001b', refusal.Message);
    }

    [Fact]
    public async Task Refresh_StoreAnswersForbiddenForTheNextRoot_EndsTheWalk()
    {
        host.Intercept = context =>
        {
            var isNextRoot = context.Request.Path.Value!.EndsWith("/2.root.json", StringComparison.Ordinal);
            if (isNextRoot)
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.FromResult(isNextRoot);
        };

        Assert.Equal(1, (await client.RefreshAsync()).Snapshot.Root.Version);
    }

    [Fact]
    public async Task Find_RoleNameWithSlashes_IsSentAsOneSegment()
    {
        var role = repository.Delegate(RoleName.Targets, "../a b", ["*"]);
        repository.AddTarget(role, "file", "content");
        repository.Publish(RoleName.Targets, role);

        Assert.NotNull(await client.FindAsync("file"));

        Assert.Equal("/metadata/1...%2Fa%20b.json", host.RawRequests[^1]);
    }

    private static string Sha256Of(string content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content)));

    private async Task<string> DownloadAsync(string name)
    {
        var target = await client.FindAsync(name);
        return await new TargetDownloader(new HttpExchange(connections, HttpPeer.TrustServer, http), host.TargetUrl, Files).DownloadAsync(target!, CancellationToken.None);
    }
}
