using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints.Pending;

/// <summary>One server on PostgreSQL for all tests of a class.</summary>
public sealed class PostgresPendingServer(PostgresFixture postgres) : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await TestServer.StartAsync(postgres);

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
