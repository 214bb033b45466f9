namespace TrustService.Server.Tests.Endpoints;

public sealed class SqlitePublishTests() : PublishContract(null);
