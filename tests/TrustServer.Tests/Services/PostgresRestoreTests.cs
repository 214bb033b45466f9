using TrustService.Testing;

namespace TrustService.Server.Tests.Services;

[Collection(OnPostgres.Name)]
public sealed class PostgresRestoreTests(PostgresFixture postgres) : RestoreContract(postgres);
