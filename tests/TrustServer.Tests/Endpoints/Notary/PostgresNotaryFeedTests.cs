using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints.Notary;

[Collection(OnPostgres.Name)]
public sealed class PostgresNotaryFeedTests(PostgresFixture postgres) : NotaryFeedContract(postgres);
