using TrustService.Cli.Tests.Support;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

/// <summary>Another user of the output directory puts a link where a directory of the target's path is to be, while the file is on its way.</summary>
public sealed class TufGetLinkTests
{
    [Theory]
    [InlineData("tools/authorized_keys")]
    [InlineData("tools/new/authorized_keys")]
    public async Task Get_DirectoryBecomesALinkDuringTheDownload_NothingIsWrittenThroughIt(string path)
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        repository.AddTarget(RoleName.Targets, path, "ssh-ed25519 AAAA");
        repository.Publish(RoleName.Targets);
        await using var host = await RepositorySimulatorHost.StartAsync(repository);
        using var machine = new SignerMachine { Time = new FixedTime() };
        var root = Path.Combine(machine.Root, "root.json");
        await File.WriteAllBytesAsync(root, repository.FirstRoot);
        var (shared, victim) = (Path.Combine(machine.Root, "shared"), Path.Combine(machine.Root, "victim"));
        Directory.CreateDirectory(shared);
        Directory.CreateDirectory(victim);
        host.Intercept = context =>
        {
            if (context.Request.Path.Value!.StartsWith("/targets/", StringComparison.Ordinal))
                Directory.CreateSymbolicLink(Path.Combine(shared, "tools"), victim);
            return Task.FromResult(false);
        };

        var run = await machine.RunAsync("tuf", "get", host.MetadataUrl, path, "--root", root, "-o", shared);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("is a link; nothing is written through it.", run.Messages, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(victim));
    }
}
