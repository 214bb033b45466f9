using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints.Pending;

/// <summary>One server for all tests of a class, with low limits.</summary>
public sealed class PendingServer : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        using var directory = new TestDirectory();
        Server = await TestServer.StartAsync(null, "--config", directory.Write("config.json", """{"Limits":{"MaxPendingFiles":2,"MaxPendingFileBytes":8192}}"""));
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
