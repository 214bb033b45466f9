using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>The databases that a server can run on; one PostgreSQL server is started for the whole run when it is first needed.</summary>
public static class Databases
{
    /// <summary>The embedded database.</summary>
    public const string SQLite = "SQLite";

    /// <summary>The production database.</summary>
    public const string PostgreSQL = "PostgreSQL";

    private static readonly Lazy<PostgresFixture> Postgres = new(() => new PostgresFixture());

    /// <summary>For theories: both databases.</summary>
    public static TheoryData<string> Both => new(SQLite, PostgreSQL);

    /// <summary>The connection string of a new, empty database, or null for SQLite.</summary>
    public static string? Create(string database) => database == PostgreSQL ? Postgres.Value.CreateDatabase() : null;
}
