namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>Servers that the tests of Notary clients share: each runs while somebody needs it.</summary>
public static class NotaryServers
{
    /// <summary>The embedded database, and TLS.</summary>
    public const string SqliteOverTls = "SQLite, TLS";

    /// <summary>The production database, and TLS.</summary>
    public const string PostgresOverTls = "PostgreSQL, TLS";

    /// <summary>The embedded database, without TLS.</summary>
    public const string SqliteOverHttp = "SQLite, plain HTTP";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, (Task<ServerProcess> Server, int Users)> Running = [];

    /// <summary>For theories: every kind of server.</summary>
    public static TheoryData<string> All => new(SqliteOverTls, PostgresOverTls, SqliteOverHttp);

    /// <summary>The server of a kind, until <see cref="Return"/>.</summary>
    public static Task<ServerProcess> RentAsync(string kind)
    {
        lock (Gate)
        {
            var (server, users) = Running.TryGetValue(kind, out var running) ? running : (StartAsync(kind), 0);
            Running[kind] = (server, users + 1);
            return server;
        }
    }

    /// <summary>Gives a server back; the last who does so ends it.</summary>
    public static void Return(string kind)
    {
        lock (Gate)
        {
            var (server, users) = Running[kind];
            if (users > 1)
            {
                Running[kind] = (server, users - 1);
                return;
            }
            Running.Remove(kind);
            if (server.IsCompletedSuccessfully)
                server.Result.Dispose();
        }
    }

    private static Task<ServerProcess> StartAsync(string kind) => Task.Run(() =>
        ServerProcess.StartAsync(kind == PostgresOverTls ? Databases.Create(Databases.PostgreSQL) : null, plainHttp: kind == SqliteOverHttp));
}
