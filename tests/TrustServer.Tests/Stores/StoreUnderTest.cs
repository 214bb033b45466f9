using TrustService.Server.Data;
using TrustService.Server.Options;
using TrustService.Server.Stores;
using TrustService.Testing;

namespace TrustService.Server.Tests.Stores;

/// <summary>A migrated database of a test, on which any number of server instances can be opened.</summary>
public sealed class StoreUnderTest : IAsyncDisposable
{
    private readonly PostgresFixture? postgres;
    private readonly DatabaseOptions options;
    private readonly List<TrustDatabase> opened = [];

    private StoreUnderTest(PostgresFixture? postgres)
    {
        this.postgres = postgres;
        Directory = System.IO.Directory.CreateTempSubdirectory("trust-store-").FullName;
        options = new DatabaseOptions { DataDirectory = Path.Combine(Directory, "data"), ConnectionString = postgres?.CreateDatabase() ?? "" };
    }

    /// <summary>Directory of the test; the data directory is <c>data</c> in it.</summary>
    public string Directory { get; }

    /// <summary>Clock of all instances.</summary>
    internal AdjustableClock Clock { get; } = new();

    /// <summary>Options of all instances.</summary>
    internal DatabaseOptions Options => options;

    /// <summary>Makes an empty database: PostgreSQL, or SQLite without a fixture.</summary>
    public static async Task<StoreUnderTest> CreateAsync(PostgresFixture? postgres)
    {
        var store = new StoreUnderTest(postgres);
        await new SqlMigrator(store.OpenDatabase(), store.Clock).MigrateAsync(CancellationToken.None);
        return store;
    }

    /// <summary>Makes a database without any table.</summary>
    public static StoreUnderTest CreateEmpty(PostgresFixture? postgres) => new(postgres);

    /// <summary>Another server's connection to the same database.</summary>
    internal TrustDatabase OpenDatabase()
    {
        var database = new TrustDatabase(options);
        opened.Add(database);
        return database;
    }

    /// <summary>Another server's store on the same database.</summary>
    /// <param name="settings">Added to the connection string.</param>
    internal MetadataStore OpenStore(string settings = "")
    {
        var database = new TrustDatabase(new DatabaseOptions { DataDirectory = options.DataDirectory, ConnectionString = options.ConnectionString + settings });
        opened.Add(database);
        return new MetadataStore(database, Clock);
    }

    /// <summary>Another server's catalog on the same database.</summary>
    internal RepositoryCatalog OpenCatalog() => new(OpenDatabase());

    /// <summary>Runs SQL beside the store.</summary>
    internal async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = await OpenDatabase().OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var database in opened)
            await database.DisposeAsync();
        postgres?.DropDatabase(options.ConnectionString);
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
