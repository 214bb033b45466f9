using TrustService.Testing;

namespace TrustService.Server.Tests;

/// <summary>Tests that share one PostgreSQL server; each makes its own database.</summary>
[CollectionDefinition(Name)]
public sealed class OnPostgres : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
