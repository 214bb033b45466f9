using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

/// <summary>Images whose trust data is on a host of plain files, not on a trust server.</summary>
public sealed class MetadataUrlTests : IAsyncLifetime, IDisposable
{
    private const string Repository = "registry.example.com/team/app";
    private static readonly Digest Image = Digest.OfSha256("an image"u8);

    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly SignerMachine machine = new() { Time = new FixedTime() };
    private RepositorySimulatorHost host = null!;
    private string root = null!;

    public async Task InitializeAsync()
    {
        host = await RepositorySimulatorHost.StartAsync(repository);
        root = machine.WriteFile("root.json", System.Text.Encoding.UTF8.GetString(repository.FirstRoot));
        repository.AddTarget(RoleName.Targets, "1.0", ImageTarget.Of(new Descriptor(MediaTypes.OciManifest, Image, 8), null));
        repository.Publish(RoleName.Targets);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    public void Dispose() => machine.Dispose();

    [Fact]
    public async Task Verify_MetadataOnAnyHost_NeedsNoServer()
    {
        var run = await machine.RunAsync("verify", "-q", $"{Repository}:1.0", "--no-registry", "--metadata-url", host.MetadataUrl, "--root", root);

        Assert.Equal((0, $"{Repository}@{Image}\n"), (run.ExitCode, run.Results));
        Assert.Equal(["/metadata/2.root.json", "/metadata/timestamp.json", "/metadata/2.snapshot.json", "/metadata/2.targets.json"], host.RawRequests);
    }

    [Fact]
    public async Task Verify_SecondRunOnAnotherHostThatIsBehind_IsRefused()
    {
        var mirror = new Dictionary<string, byte[]>(repository.Files);
        repository.Publish(RoleName.Targets);
        await machine.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "--metadata-url", host.MetadataUrl, "--root", root);
        var behind = new RepositorySimulator(FixedTime.Start);
        behind.Files.Clear();
        foreach (var (name, file) in mirror)
            behind.Files[name] = file;
        await using var other = await RepositorySimulatorHost.StartAsync(behind);

        var run = await machine.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "--metadata-url", other.MetadataUrl, "--root", root, "-o", "json");

        Assert.Equal(((int)Outcome.Untrusted, "version-rollback"), (run.ExitCode, run.ErrorCode));
    }

    [Fact]
    public async Task InspectAndRootExport_MetadataOnAnyHost_Work()
    {
        repository.Rotate(RoleName.Root);

        var inspected = await machine.RunAsync("inspect", Repository, "--metadata-url", host.MetadataUrl, "--root", root);
        var exported = await machine.RunAsync("root", "export", Repository, "--metadata-url", host.MetadataUrl, "--root", root);

        Assert.Equal(0, inspected.ExitCode);
        Assert.Contains("1.0  sha256:", inspected.Results, StringComparison.Ordinal);
        Assert.Equal(System.Text.Encoding.UTF8.GetString(repository.Files["2.root.json"]), exported.Results);
    }

    [Fact]
    public async Task Verify_ImagesOfTwoRepositories_IsAUsageError()
    {
        var run = await machine.RunAsync("verify", $"{Repository}:1.0", "registry.example.com/team/other:1.0", "--no-registry", "--metadata-url", host.MetadataUrl, "--root", root, "-o", "json");

        Assert.Equal((int)Outcome.Usage, run.ExitCode);
        Assert.Empty(host.RawRequests);
    }

    [Fact]
    public async Task Verify_FormatThatNoHostCanServe_IsAUsageError()
    {
        var run = await machine.RunAsync("verify", $"{Repository}:1.0", "--no-registry", "--metadata-url", host.MetadataUrl, "--format", "notary", "--root", root, "-o", "json");

        Assert.Equal((int)Outcome.Usage, run.ExitCode);
    }
}
