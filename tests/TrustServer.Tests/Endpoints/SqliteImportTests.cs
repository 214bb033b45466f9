namespace TrustService.Server.Tests.Endpoints;

public sealed class SqliteImportTests() : ImportContract(null);
