using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>A server with one repository that an attacker, or a clumsy owner, uploads to. What is refused changes nothing.</summary>
public abstract class HostileUpload : IAsyncLifetime
{
    private byte[] timestamp = [];

    internal TestServer Server { get; private set; } = null!;

    protected RepositoryBuilder Owner { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync();
        Owner = new RepositoryBuilder(Server.Clock);
        await Owner.InitAsync(Server.Client, "1.0");
        timestamp = await Server.Client.GetByteArrayAsync($"{Owner.MetadataPath}/timestamp.json");
    }

    public async Task DisposeAsync()
    {
        Owner.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Uploads files that must be refused with <paramref name="error"/>.</summary>
    protected async Task<JsonObject> RefusedAsync(TrustError error, params (string Role, byte[] File)[] files)
    {
        var problem = await Owner.PublishAsync(Server.Client, files).RefusedAsync(error);
        await UnmovedAsync();
        return problem;
    }

    /// <summary>Uploads files that must be accepted.</summary>
    protected Task<Dictionary<string, long>> AcceptedAsync(params (string Role, byte[] File)[] files) => Owner.PublishAsync(Server.Client, files).VersionsAsync();

    protected Task UnmovedAsync() => Server.Client.UnmovedAsync(Owner.MetadataPath, timestamp);
}
