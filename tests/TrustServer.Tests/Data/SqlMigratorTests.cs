using TrustService.Server.Data;
using TrustService.Testing;

namespace TrustService.Server.Tests.Data;

public sealed class SqliteMigratorTests() : SqlMigratorContract(null);

[Collection(OnPostgres.Name)]
public sealed class PostgresMigratorTests(PostgresFixture postgres) : SqlMigratorContract(postgres);

public sealed class MigrationTests
{
    [Fact]
    public void Embedded_BothDatabases_HaveTheSameFilesWithoutGaps()
    {
        var postgresql = Migration.ReadEmbedded("postgresql");
        Assert.NotEmpty(postgresql);
        Assert.Equal(postgresql.Select(m => (m.Number, m.Name)), Migration.ReadEmbedded("sqlite").Select(m => (m.Number, m.Name)));
        Assert.Equal(Enumerable.Range(1, postgresql.Count), postgresql.Select(m => m.Number));
    }
}
