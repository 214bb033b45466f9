namespace TrustService.Server.Tests.Endpoints.Pending;

[Collection(OnPostgres.Name)]
public sealed class PostgresPendingTests(PostgresPendingServer server) : PendingContract(server.Server), IClassFixture<PostgresPendingServer>;
