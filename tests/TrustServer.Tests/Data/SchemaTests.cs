using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using TrustService.Server.Data;
using TrustService.Server.Tests.Stores;
using TrustService.Testing;

namespace TrustService.Server.Tests.Data;

/// <summary>Compares what the SQL files make with what <see cref="TrustDbContext"/> maps.</summary>
[Collection(OnPostgres.Name)]
public sealed class SchemaTests(PostgresFixture postgres)
{
    private const string PostgresColumns =
        """
        SELECT c.table_name, c.column_name, c.data_type, c.is_nullable = 'YES',
               EXISTS (SELECT 1 FROM information_schema.key_column_usage k JOIN information_schema.table_constraints t USING (constraint_name, table_schema)
                       WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_name = c.table_name AND k.column_name = c.column_name)
        FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name <> 'schema_migrations'
        """;

    private const string SqliteColumns =
        """
        SELECT m.name, p.name, lower(p.type), p."notnull" = 0 AND p.pk = 0, p.pk > 0
        FROM sqlite_master m JOIN pragma_table_info(m.name) p
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'schema_migrations'
        """;

    [Fact]
    public async Task Model_PostgreSql_IsTheSchema() => await CompareAsync(postgres, PostgresColumns, type => type == "timestamp with time zone" ? type : type.ToLowerInvariant());

    [Fact]
    public async Task Model_Sqlite_IsTheSchema() => await CompareAsync(null, SqliteColumns, type => type.ToLowerInvariant());

    private static async Task CompareAsync(PostgresFixture? postgres, string columns, Func<string, string> typeName)
    {
        await using var store = await StoreUnderTest.CreateAsync(postgres);
        var database = store.OpenDatabase();
        var mapped = await database.QueryAsync((c, _) => Task.FromResult(Describe(c.Model, typeName)), CancellationToken.None);

        var actual = new SortedSet<string>(StringComparer.Ordinal);
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = columns;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            actual.Add(Line(reader.GetString(0), reader.GetString(1), reader.GetString(2), Convert.ToBoolean(reader.GetValue(3), CultureInfo.InvariantCulture), Convert.ToBoolean(reader.GetValue(4), CultureInfo.InvariantCulture)));

        Assert.NotEmpty(actual);
        Assert.Equal(actual, mapped);
    }

    private static SortedSet<string> Describe(IModel model, Func<string, string> typeName) => new(
        model.GetEntityTypes().SelectMany(e => e.GetProperties().Select(p => Line(e.GetTableName()!, p.GetColumnName(), typeName(p.GetColumnType()), p.IsNullable, p.IsPrimaryKey()))),
        StringComparer.Ordinal);

    private static string Line(string table, string column, string type, bool isNullable, bool isKey) =>
        $"{table}.{column} {type}{(isNullable ? " null" : "")}{(isKey ? " key" : "")}";
}
