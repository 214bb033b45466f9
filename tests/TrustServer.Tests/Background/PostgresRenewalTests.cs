using TrustService.Testing;

namespace TrustService.Server.Tests.Background;

[Collection(OnPostgres.Name)]
public sealed class PostgresRenewalTests(PostgresFixture postgres) : RenewalContract(postgres);
