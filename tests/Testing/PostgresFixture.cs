using System.Globalization;
using Npgsql;
using TrustService.Testing.Processes;

namespace TrustService.Testing;

/// <summary>
/// A PostgreSQL server for tests: a throw-away cluster on a loopback port, or the one that TRUST_TEST_DATABASE (a
/// connection string that may create databases) names.
/// </summary>
public sealed class PostgresFixture : IDisposable
{
    private readonly string? directory;
    private readonly NpgsqlConnectionStringBuilder administration;

    /// <summary>Makes and starts the cluster; about two seconds.</summary>
    public PostgresFixture()
    {
        if (Environment.GetEnvironmentVariable("TRUST_TEST_DATABASE") is { Length: > 0 } given)
        {
            administration = new NpgsqlConnectionStringBuilder(given);
            return;
        }
        directory = AsPostgres("mktemp", "-d", Path.Combine(Path.GetTempPath(), "trust-postgres-XXXXXX")).Trim();
        var port = FreePort.Next();
        var programs = FindPrograms();
        AsPostgres(Path.Combine(programs, "initdb"), "-D", $"{directory}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync");
        var options = string.Create(CultureInfo.InvariantCulture, $"-p {port} -k {directory} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=300");
        AsPostgres(Path.Combine(programs, "pg_ctl"), "-D", $"{directory}/data", "-l", $"{directory}/log", "-o", options, "-w", "start");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        administration = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "postgres", Database = "postgres" };
    }

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public string CreateDatabase()
    {
        var name = $"trust_{Guid.NewGuid():N}";
        Execute($"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(administration.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Ends every connection to a database of <see cref="CreateDatabase"/> and removes it.</summary>
    public void DropDatabase(string connectionString) =>
        Execute($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (directory is null || !Directory.Exists(directory))
            return;
        var pidFile = $"{directory}/data/postmaster.pid";
        if (File.Exists(pidFile) && int.TryParse(File.ReadLines(pidFile).First(), CultureInfo.InvariantCulture, out var postmaster))
        {
            UnixSignal.Send(postmaster, UnixSignal.Interrupt);
            // The postmaster removes the file as its last act.
            SpinWait.SpinUntil(() => !File.Exists(pidFile), TimeSpan.FromSeconds(20));
        }
        Directory.Delete(directory, recursive: true);
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(administration.ConnectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string AsPostgres(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? Command.Run("runuser", ["-u", "postgres", "--", program, .. arguments])
            : Command.Run(program, arguments);

    private static string FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        var found = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Order().LastOrDefault()
            : null;
        return found ?? throw new InvalidOperationException("PostgreSQL is not installed (Debian package postgresql); or set TRUST_TEST_DATABASE to a connection string.");
    }
}
