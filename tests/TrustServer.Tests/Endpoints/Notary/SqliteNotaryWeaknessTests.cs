namespace TrustService.Server.Tests.Endpoints.Notary;

public sealed class SqliteNotaryWeaknessTests() : NotaryWeaknessContract(null);
