namespace TrustService.Server.Tests.Services;

public sealed class SqliteRestoreTests() : RestoreContract(null);
