using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>The real <c>signer</c> as a client of TUF repositories that a server of plain files has.</summary>
public sealed class StaticHostTests : IAsyncLifetime, IDisposable
{
    private const int MebiByte = 1024 * 1024;

    private readonly TestDirectory directory = new();
    private readonly RepositorySimulator repository = new(TimeProvider.System.GetUtcNow());
    private readonly SignerTool signer = new("https://127.0.0.1:1");
    private StaticFileHost host = null!;

    private string Out => directory["out"];

    private string Root => directory["root.json"];

    public async Task InitializeAsync()
    {
        var team = repository.Delegate(RoleName.Targets, "team", ["tools/*"]);
        repository.AddTarget(team, "tools/build.bin", new string('b', MebiByte));
        repository.AddTarget(RoleName.Targets, "readme", "read me");
        repository.Publish(RoleName.Targets, team);
        repository.Export(directory["site"]);
        await File.WriteAllBytesAsync(Root, repository.FirstRoot);
        host = await StaticFileHost.StartAsync(directory["site"]);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    public void Dispose()
    {
        signer.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task TufGet_FromPlainFiles_FollowsTheRepository()
    {
        var first = await GetAsync("readme", "tools/build.bin");
        repository.Rotate(RoleName.Root, RoleName.Timestamp);
        repository.AddTarget(RoleName.Targets, "readme", "read me again");
        repository.Publish(RoleName.Targets);
        repository.Export(directory["site"]);
        var second = await GetAsync("readme", "tools/build.bin");

        Assert.Equal($"{Out}/readme\n{Out}/tools/build.bin\n", first.Exits(0).Output);
        second.Exits(0);
        Assert.Equal("read me again", await File.ReadAllTextAsync($"{Out}/readme"));
        Assert.Equal(MebiByte, new FileInfo($"{Out}/tools/build.bin").Length);
        Assert.Single(host.Requests, path => path.EndsWith("build.bin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TufGet_HostileNames_AreRefusedAndStayInside()
    {
        string[] names = ["../outside", "/absolute", "tools/../../outside", "..\\outside"];
        foreach (var name in names)
            repository.AddTarget(RoleName.Targets, name, new TargetFile { Length = 7, Hashes = FileHashes.OfSha256("hostile"u8) });
        repository.TargetFiles.Clear();
        repository.Publish(RoleName.Targets);
        repository.Export(directory["site"]);

        foreach (var name in names)
            (await GetAsync(name)).Refuses(2, "cannot be laid out");

        Assert.False(Directory.Exists(Out));
        Assert.DoesNotContain(host.Requests, path => path.Contains("outside", StringComparison.Ordinal) || path.Contains("absolute", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TufGet_SeveralProcessesOnOneCache_AllEndWell()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => GetAsync("readme", "tools/build.bin")));

        Assert.All(runs, run => run.Exits(0));
        Assert.Equal(["build.bin", "readme"], Directory.GetFiles(Out, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        // One fetched them; the others found them in the cache and asked only whether there is anything new.
        Assert.Single(host.Requests, path => path.EndsWith("/2.targets.json", StringComparison.Ordinal));
    }

    // First there is no room for the target, then not even for metadata.
    [Theory]
    [InlineData(256, "build.bin")]
    [InlineData(1, "root.json")]
    public async Task TufGet_DiskIsFull_IsRefusedAndTheNextRunSucceeds(int blocks, string file)
    {
        (await signer.RunOnFullDiskAsync(blocks, "tuf", "get", host.Url + "metadata", "tools/build.bin", "--root", Root, "-o", Out)).Refuses(1, file);

        Assert.False(Directory.Exists(Out) && Directory.GetFiles(Out, "*", SearchOption.AllDirectories).Length > 0);
        (await GetAsync("tools/build.bin")).Exits(0);
        Assert.Equal(MebiByte, new FileInfo($"{Out}/tools/build.bin").Length);
    }

    private Task<SignerResult> GetAsync(params string[] targets) => signer.RunAsync(["tuf", "get", host.Url + "metadata", .. targets, "--root", Root, "-o", Out]);
}
