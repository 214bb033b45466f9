using TrustService.Testing;

namespace TrustService.Server.Tests.Services;

[Collection(OnPostgres.Name)]
public sealed class PostgresStandbyActivationTests(PostgresFixture postgres) : StandbyActivationContract(postgres);
