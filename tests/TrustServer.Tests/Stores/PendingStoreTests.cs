using TrustService.Testing;

namespace TrustService.Server.Tests.Stores;

public sealed class SqlitePendingStoreTests() : PendingStoreContract(null);

[Collection(OnPostgres.Name)]
public sealed class PostgresPendingStoreTests(PostgresFixture postgres) : PendingStoreContract(postgres);
