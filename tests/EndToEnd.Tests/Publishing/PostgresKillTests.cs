using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Publishing;

/// <summary>Kills of a server on PostgreSQL.</summary>
public sealed class PostgresKillTests() : KillContract(Databases.Create(Databases.PostgreSQL));
