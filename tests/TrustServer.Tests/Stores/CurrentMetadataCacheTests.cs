using TrustService.Metadata;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.Stores;

public sealed class SqliteCurrentMetadataCacheTests() : CurrentMetadataCacheContract(null);

[Collection(OnPostgres.Name)]
public sealed class PostgresCurrentMetadataCacheTests(PostgresFixture postgres) : CurrentMetadataCacheContract(postgres)
{
    private readonly PostgresFixture postgres = postgres;

    [Fact]
    public async Task ReadCurrent_DatabaseGone_IsServedWhileFreshThenRefused()
    {
        await Store.CreateAsync(App);
        postgres.DropDatabase(Database.Options.ConnectionString);
        Assert.True(Cache.TryGetCurrent(App.Value, "tuf", RoleName.Timestamp, out _));
        LetItGetStale();
        Assert.False(Cache.TryGetCurrent(App.Value, "tuf", RoleName.Timestamp, out _));
        await RefusedAsync();
    }
}
