using TrustService.Testing;

namespace TrustService.Server.Tests.Endpoints;

[Collection(OnPostgres.Name)]
public sealed class PostgresPublishTests(PostgresFixture postgres) : PublishContract(postgres);
