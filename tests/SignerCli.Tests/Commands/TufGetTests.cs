using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

public sealed class TufGetTests : IAsyncLifetime, IDisposable
{
    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly SignerMachine machine = new() { Time = new FixedTime() };
    private RepositorySimulatorHost host = null!;
    private string root = null!;

    private string Out => Path.Combine(machine.Root, "out");

    public async Task InitializeAsync()
    {
        host = await RepositorySimulatorHost.StartAsync(repository);
        root = machine.WriteFile("root.json", System.Text.Encoding.UTF8.GetString(repository.FirstRoot));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    public void Dispose() => machine.Dispose();

    [Fact]
    public async Task Get_TwoTargets_PrintsWhereTheyAreAndLaysThemOut()
    {
        var team = repository.Delegate(RoleName.Targets, "team", ["tools/*"]);
        Add(("readme", "read me"));
        repository.AddTarget(team, "tools/build.tgz", "archive");
        repository.Publish(RoleName.Targets, team);

        var run = await GetAsync("readme", "tools/build.tgz");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal([Path.Combine(Out, "readme"), Path.Combine(Out, "tools", "build.tgz")], run.Results.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(("read me", "archive"), (await File.ReadAllTextAsync(Path.Combine(Out, "readme")), await File.ReadAllTextAsync(Path.Combine(Out, "tools", "build.tgz"))));
        Assert.Contains("by team 1", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Json_TellsEachTarget()
    {
        Add(("readme", "read me"));

        var run = await machine.RunAsync("tuf", "get", host.MetadataUrl, "readme", "absent", "--root", root, "-o", Out, "--output", "json");

        Assert.Equal((int)Outcome.Unsigned, run.ExitCode);
        var (found, absent) = (run.Json[0], run.Json[1]);
        Assert.Equal(("readme", "verified", Path.Combine(Out, "readme"), 7), (found.GetProperty("reference").GetString(), found.GetProperty("outcome").GetString(), found.GetProperty("path").GetString(), found.GetProperty("length").GetInt32()));
        Assert.Equal(64, found.GetProperty("hashes").GetProperty("sha256").GetString()!.Length);
        Assert.Equal(("absent", "not-signed"), (absent.GetProperty("reference").GetString(), absent.GetProperty("error").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("./x")]
    [InlineData("dir/")]
    [InlineData("..\\x")]
    [InlineData("..")]
    public async Task Case29_TargetNameThatLeavesTheDirectory_IsRefusedAndNothingIsAskedFor(string name)
    {
        Add((name, "hostile"));

        var run = await GetAsync(name);

        Assert.Equal((int)Outcome.Usage, run.ExitCode);
        Assert.Empty(run.Results);
        Assert.Empty(host.RawRequests);
        Assert.False(Directory.Exists(Out));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("///")]
    [InlineData("/.//.")]
    public async Task Case29_LinkOnTheWay_IsNotGoneThrough(string suffix)
    {
        Add(("dir/sub/file", "content"));
        var elsewhere = Directory.CreateDirectory(Path.Combine(machine.Root, "elsewhere")).FullName;
        Directory.CreateDirectory(Out);
        Directory.CreateSymbolicLink(Path.Combine(Out, "dir"), elsewhere);

        var run = await machine.RunAsync("tuf", "get", host.MetadataUrl, "dir/sub/file", "--root", root, "-o", Out + suffix);

        Assert.Equal((int)Outcome.Failure, run.ExitCode);
        Assert.Contains("is a link", run.Messages, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public async Task Case29_LinkInPlaceOfTheFile_IsReplaced()
    {
        Add(("file", "content"));
        var victim = machine.WriteFile("victim", "content");
        Directory.CreateDirectory(Out);
        File.CreateSymbolicLink(Path.Combine(Out, "file"), victim);

        Assert.Equal(0, (await GetAsync("file")).ExitCode);

        Assert.Null(new FileInfo(Path.Combine(Out, "file")).LinkTarget);
        Assert.Equal("content", await File.ReadAllTextAsync(victim));
    }

    [Fact]
    public async Task Get_OtherContentIsServed_KeepsTheFormerFile()
    {
        Add(("file", "former"));
        Assert.Equal(0, (await GetAsync("file")).ExitCode);
        Add(("file", "newest"));
        repository.TargetFiles["file"] = "foreig"u8.ToArray();

        var run = await GetAsync("file");

        Assert.Equal((int)Outcome.Untrusted, run.ExitCode);
        Assert.Equal("former", await File.ReadAllTextAsync(Path.Combine(Out, "file")));
        Assert.Single(Directory.GetFiles(Out));
    }

    [Fact]
    public async Task Get_FileThatIsElsewhere_TellsWhatWasAskedForAndWhatCanBeGiven()
    {
        Add(("file", "content"));

        var run = await machine.RunAsync("tuf", "get", host.MetadataUrl, "file", "--root", root, "-o", Out, "--targets-url", host.MetadataUrl + "nowhere", "--output", "json");
        var nothing = await machine.RunAsync("tuf", "get", host.MetadataUrl + "nowhere", "file", "--root", root, "-o", Out);
        var query = await machine.RunAsync("tuf", "get", host.MetadataUrl, "file", "--root", root, "-o", Out, "--targets-url", "https://me:secret@files.example.com/?q");

        var error = run.Json[0].GetProperty("error");
        Assert.Contains("/nowhere/", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(".file.", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("--no-hash-prefix", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("signer init", nothing.Messages, StringComparison.Ordinal);
        Assert.Contains("--targets-url is no address", query.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", query.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_DirectoryThatIsAFile_IsRefusedAsSuch()
    {
        Add(("file", "content"));
        machine.WriteFile("out", "mine");

        var run = await GetAsync("file");

        Assert.Equal((int)Outcome.Failure, run.ExitCode);
        Assert.Contains("is a file; files can only be put into a directory", run.Messages, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Out));
    }

    [Fact]
    public async Task Get_FileLongerThanListed_IsNamed()
    {
        Add(("file", "content"));
        repository.TargetFiles["file"] = new byte[100];

        var run = await GetAsync("file");

        Assert.Equal((int)Outcome.Untrusted, run.ExitCode);
        Assert.Contains("file has more than the 7 bytes that are listed", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_RootOfAnotherRepository_IsRefusedAndTheRightOneStillWorks()
    {
        Add(("file", "content"));
        var other = machine.WriteFile("other.json", System.Text.Encoding.UTF8.GetString(new RepositorySimulator(FixedTime.Start).FirstRoot));

        var refused = await machine.RunAsync("tuf", "get", host.MetadataUrl, "file", "--root", other, "-o", Out, "--output", "json");

        Assert.Equal(((int)Outcome.Untrusted, "threshold-not-met"), (refused.ExitCode, refused.ErrorCode));
        Assert.Equal(0, (await GetAsync("file")).ExitCode);
    }

    [Fact]
    public async Task Get_PinnedByFingerprint_FetchesThatRootFirst()
    {
        Add(("file", "content"));
        repository.Rotate(RoleName.Root);
        var fingerprint = Client.RootPin.OfFile(Formats.Tuf.TufFormat.Instance, repository.FirstRoot).Fingerprint;

        var run = await machine.RunAsync("tuf", "get", host.MetadataUrl.TrimEnd('/'), "file", "--root", fingerprint, "-o", Out);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["/metadata/1.root.json", "/metadata/2.root.json", "/metadata/3.root.json"], host.RawRequests.Take(3));
    }

    [Fact]
    public async Task Get_AfterTheRepositoryWentBack_IsRefused()
    {
        Add(("file", "content"));
        var old = new Dictionary<string, byte[]>(repository.Files);
        repository.Publish(RoleName.Targets);
        Assert.Equal(0, (await GetAsync("file")).ExitCode);
        foreach (var (name, file) in old)
            repository.Files[name] = file;

        var run = await machine.RunAsync("tuf", "get", host.MetadataUrl, "file", "--root", root, "-o", Out, "--output", "json");

        Assert.Equal(((int)Outcome.Untrusted, "version-rollback"), (run.ExitCode, run.ErrorCode));
    }

    [Theory]
    [InlineData("--no-hash-prefix", "/files/tool")]
    [InlineData(null, "/files/HASH.tool")]
    public async Task Get_TargetsUrlAndPrefix_DecideWhatIsAskedFor(string? option, string expected)
    {
        Add(("tool", "content"));
        var url = host.MetadataUrl.Replace("/metadata/", "/files", StringComparison.Ordinal);
        host.HasHashPrefixes = option is null;
        host.Rewrite = path => path.Replace("/files/", "/targets/", StringComparison.Ordinal);

        var run = await machine.RunAsync(["tuf", "get", host.MetadataUrl, "tool", "--root", root, "-o", Out, "--targets-url", url, .. option is null ? Array.Empty<string>() : [option]]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(expected.Replace("HASH", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("content"u8)), StringComparison.Ordinal), host.RawRequests[^1]);
    }

    [Theory]
    [InlineData("files.example.com/metadata")]
    [InlineData("ftp://files.example.com/")]
    [InlineData("https://files.example.com/?x=1")]
    [InlineData("https://user:secret@files.example.com/")]
    [InlineData("ftp://user:secret@files.example.com/")]
    public async Task Get_AddressThatIsNone_IsAUsageError(string url)
    {
        var run = await machine.RunAsync("tuf", "get", url, "file", "--root", root);

        Assert.Equal((int)Outcome.Usage, run.ExitCode);
        Assert.DoesNotContain("secret", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case60_PlainHttpElsewhere_IsRefused()
    {
        var run = await machine.RunAsync("tuf", "get", "http://files.example.com/", "file", "--root", root, "--output", "json");

        Assert.Equal("insecure-transport", run.ErrorCode);
    }

    [Fact]
    public async Task Get_WithoutRoot_IsAUsageError()
    {
        var run = await machine.RunAsync("tuf", "get", host.MetadataUrl, "file");

        Assert.Equal((int)Outcome.Usage, run.ExitCode);
        Assert.Empty(host.RawRequests);
    }

    private Task<SignerRun> GetAsync(params string[] targets) => machine.RunAsync(["tuf", "get", host.MetadataUrl, .. targets, "--root", root, "-o", Out]);

    private void Add(params (string Path, string Content)[] targets)
    {
        foreach (var (path, content) in targets)
            repository.AddTarget(RoleName.Targets, path, content);
        repository.Publish(RoleName.Targets);
    }
}
