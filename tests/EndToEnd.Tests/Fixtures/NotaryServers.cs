using System.Collections.Concurrent;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>Servers that the tests of Notary clients share; each is started when it is first needed, and ends with the run.</summary>
public static class NotaryServers
{
    /// <summary>The embedded database, and TLS.</summary>
    public const string SqliteOverTls = "SQLite, TLS";

    /// <summary>The production database, and TLS.</summary>
    public const string PostgresOverTls = "PostgreSQL, TLS";

    /// <summary>The embedded database, without TLS.</summary>
    public const string SqliteOverHttp = "SQLite, plain HTTP";

    private static readonly ConcurrentDictionary<string, Lazy<Task<ServerProcess>>> Started = new();

    /// <summary>For theories: every kind of server.</summary>
    public static TheoryData<string> All => new(SqliteOverTls, PostgresOverTls, SqliteOverHttp);

    /// <summary>The server of a kind.</summary>
    public static Task<ServerProcess> GetAsync(string kind) => Started.GetOrAdd(kind, _ => new Lazy<Task<ServerProcess>>(() => StartAsync(kind))).Value;

    private static async Task<ServerProcess> StartAsync(string kind)
    {
        var server = await ServerProcess.StartAsync(kind == PostgresOverTls ? Databases.Create(Databases.PostgreSQL) : null, plainHttp: kind == SqliteOverHttp);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        return server;
    }
}
