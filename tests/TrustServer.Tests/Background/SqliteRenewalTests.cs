namespace TrustService.Server.Tests.Background;

public sealed class SqliteRenewalTests() : RenewalContract(null);
