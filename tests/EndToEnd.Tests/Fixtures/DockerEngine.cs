using TrustService.Testing;
using TrustService.Testing.Processes;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>
/// A Docker engine of its own: <c>dockerd</c> with its data, its state and its socket in a temporary directory, beside any
/// other engine of the machine. It needs root, and the Debian package docker.io.
/// </summary>
public sealed class DockerEngine : IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly TestDirectory directory = new();
    private ServiceProcess? process;

    private DockerEngine()
    {
    }

    /// <summary>Where clients find it: the value of DOCKER_HOST.</summary>
    public string Address => $"unix://{directory["engine.sock"]}";

    /// <summary>Starts an engine, and waits until it answers.</summary>
    public static async Task<DockerEngine> StartAsync()
    {
        var engine = new DockerEngine();
        try
        {
            // Images are only moved, and no container runs: neither a network nor a storage driver of the kernel is needed.
            engine.process = ServiceProcess.Start("dockerd",
            [
                "--host", engine.Address, "--data-root", engine.directory["data"], "--exec-root", engine.directory["exec"], "--pidfile", engine.directory["pid"],
                "--storage-driver", "vfs", "--bridge", "none", "--iptables=false", "--ip6tables=false",
            ]);
            await engine.process.WaitForLineAsync("API listen on", StartPatience);
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process?.Dispose();
        directory.Dispose();
    }
}
