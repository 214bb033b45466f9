namespace TrustService.Server.Tests.Endpoints.Notary;

public sealed class SqliteNotaryFeedTests() : NotaryFeedContract(null);
