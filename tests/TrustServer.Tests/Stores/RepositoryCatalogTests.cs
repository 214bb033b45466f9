using TrustService.Server.Stores;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.Stores;

public sealed class SqliteRepositoryCatalogTests() : RepositoryCatalogContract(null);

[Collection(OnPostgres.Name)]
public sealed class PostgresRepositoryCatalogTests(PostgresFixture postgres) : RepositoryCatalogContract(postgres)
{
    [Fact]
    public async Task Changes_LowerPositionCommitsLater_IsWaitedFor()
    {
        var database = Database.OpenDatabase();
        await using var connection = await database.OpenAsync(None);
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = database.Dialect.EnterFeedStatement + "INSERT INTO changes (at, repository, kind, summary) VALUES (now(), 'slow', 'publish', '{}');";
        await command.ExecuteNonQueryAsync();
        await Store.CreateAsync(App);

        var reading = Catalog.ReadChangesAsync(new ChangeQuery(10), None);
        while (!Equals(await Database.ScalarAsync("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"), 1L))
            Assert.False(reading.IsCompleted, "The reader did not wait for the lower position.");
        await transaction.CommitAsync();

        Assert.Equal(["slow", App.Value], (await reading).Select(c => c.Repository));
    }
}
