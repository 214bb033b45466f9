using TrustService.Testing;

namespace TrustService.Server.Tests.Stores;

public sealed class SqliteRepositoryCatalogTests() : RepositoryCatalogContract(null);

[Collection(OnPostgres.Name)]
public sealed class PostgresRepositoryCatalogTests(PostgresFixture postgres) : RepositoryCatalogContract(postgres);
