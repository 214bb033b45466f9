namespace TrustService.Server.Tests.Endpoints.Notary;

public sealed class SqliteNotaryPublishTests() : NotaryPublishContract(null);
