using TrustService.Errors;
using TrustService.Server.Data;
using TrustService.Server.Tests.Stores;
using TrustService.Testing;

namespace TrustService.Server.Tests.Data;

/// <summary>What migration must do on every database.</summary>
public abstract class SqlMigratorContract(PostgresFixture? postgres) : IAsyncLifetime
{
    private const string Slow = "CREATE TABLE second (id integer); INSERT INTO second VALUES (1);";
    private readonly StoreUnderTest database = StoreUnderTest.CreateEmpty(postgres);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Migrate_EmptyDatabase_AppliesEverythingOnce()
    {
        Assert.Equal(Embedded().Count, await MigrateAsync(Embedded()));
        Assert.Equal(0, await MigrateAsync(Embedded()));
    }

    [Fact]
    public async Task Migrate_SixServersAtOnce_EachFileIsAppliedOnce()
    {
        IReadOnlyList<Migration> migrations = [.. Embedded(), Next("second", Slow), Next("third", "INSERT INTO second VALUES (2);", 2)];
        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => MigrateAsync(migrations))));
        Assert.Equal(migrations.Count, applied.Sum());
        Assert.Equal(2L, Convert.ToInt64(await database.ScalarAsync("SELECT COUNT(*) FROM second"), null));
        Assert.Equal((long)migrations.Count, Convert.ToInt64(await database.ScalarAsync("SELECT COUNT(*) FROM schema_migrations"), null));
    }

    [Fact]
    public async Task Migrate_EditedFile_IsRefused()
    {
        await MigrateAsync(Embedded());
        var edited = Embedded()[0];
        var refusal = await Refusal.OfAsync(TrustError.StoreUnavailable, () => MigrateAsync([new Migration(1, edited.Name, edited.Sql + " -- edited")]));
        Assert.Contains(edited.Sha256, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("edited", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_TamperedHistory_IsRefused()
    {
        await MigrateAsync(Embedded());
        await database.ScalarAsync("UPDATE schema_migrations SET sha256 = 'x'");
        await Refusal.OfAsync(TrustError.StoreUnavailable, () => MigrateAsync(Embedded()));
    }

    [Fact]
    public async Task Migrate_DatabaseNewerThanProgram_IsRefused()
    {
        await MigrateAsync([.. Embedded(), Next("second", Slow)]);
        var refusal = await Refusal.OfAsync(TrustError.StoreUnavailable, () => MigrateAsync(Embedded()));
        Assert.Contains("_second", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("newer", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_FileFails_LeavesNothingOfIt()
    {
        await MigrateAsync(Embedded());
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => MigrateAsync([.. Embedded(), Next("broken", "CREATE TABLE half (id integer); SELECT nothing FROM nowhere;")]));
        // SQLite's refusal comes as it is; PostgreSQL's as one of the store, with the cause inside.
        Assert.True(failure is System.Data.Common.DbException or TrustException { Error: TrustError.StoreUnavailable, InnerException: System.Data.Common.DbException }, failure.ToString());
        Assert.Equal((long)Embedded().Count, Convert.ToInt64(await database.ScalarAsync("SELECT COUNT(*) FROM schema_migrations"), null));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => database.ScalarAsync("SELECT * FROM half"));
    }

    private Migration Next(string name, string sql, int step = 1) => new(Embedded().Count + step, $"{Embedded().Count + step:0000}_{name}", sql);

    private IReadOnlyList<Migration> Embedded() => Migration.ReadEmbedded(postgres is null ? "sqlite" : "postgresql");

    private Task<int> MigrateAsync(IReadOnlyList<Migration> migrations) =>
        new SqlMigrator(database.OpenDatabase(), migrations, database.Clock).MigrateAsync(CancellationToken.None);
}
