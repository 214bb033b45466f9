using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints;

[Collection(OnPostgres.Name)]
public sealed class PostgresImportTests(PostgresFixture postgres) : ImportContract(postgres);
