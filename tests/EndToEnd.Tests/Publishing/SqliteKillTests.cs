using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Publishing;

/// <summary>Kills of a server on SQLite.</summary>
public sealed class SqliteKillTests() : KillContract(Databases.Create(Databases.SQLite));
