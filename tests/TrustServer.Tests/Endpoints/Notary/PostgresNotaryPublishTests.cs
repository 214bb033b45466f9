using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints.Notary;

[Collection(OnPostgres.Name)]
public sealed class PostgresNotaryPublishTests(PostgresFixture postgres) : NotaryPublishContract(postgres);
