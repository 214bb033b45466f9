using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;
using TrustService.Errors;

namespace TrustService.Server.Data;

/// <summary>SQLite in one file: needs nothing installed, has one writer at a time.</summary>
internal sealed class SqliteDialect(string directory) : SqlDialect
{
    private const string FileName = "trust.db";
    private readonly string file = Path.Combine(directory, FileName);

    /// <inheritdoc/>
    public override string Name => "sqlite";

    /// <inheritdoc/>
    public override int ConcurrentWriters => 1;

    /// <summary>Nothing more to wait for: a transaction that writes has the whole database.</summary>
    public override string LockStatement => "SELECT @lock;";

    /// <inheritdoc/>
    public override string EnterFeedStatement => "";

    /// <inheritdoc/>
    public override string SettleFeedStatement => "SELECT 0;";

    /// <inheritdoc/>
    public override string RaisePositionStatement =>
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'changes', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'changes');" +
        "UPDATE sqlite_sequence SET seq = MAX(seq, @position) WHERE name = 'changes';";

    /// <inheritdoc/>
    public override string CreateHistoryStatement =>
        "CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;";

    /// <inheritdoc/>
    public override string UnlimitedTimeStatement => "";

    private string ConnectionString => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadWrite,
        ForeignKeys = true,
        DefaultTimeout = (int)DatabaseLimits.LockWait.TotalSeconds,
    }.ConnectionString;

    /// <inheritdoc/>
    public override void Configure(DbContextOptionsBuilder options) =>
        options.UseSqlite(ConnectionString).AddInterceptors(new SettingsInterceptor());

    /// <inheritdoc/>
    public override void Prepare()
    {
        try
        {
            PrivateFiles.CreateDirectory(directory);
            // Made here and not by SQLite, so that nobody else can read it for a moment. Its -wal and -shm inherit the mode.
            PrivateFiles.Create(file, FileMode.OpenOrCreate).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.StoreUnavailable, $"The database file {file} cannot be made: {e.Message}", e) { Hint = "Give the server a data directory that it can write to." };
        }
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        Apply(connection, "PRAGMA journal_mode=WAL;");
    }

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        ApplySettings(connection);
        return connection;
    }

    /// <inheritdoc/>
    public override object ToParameter(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public override object ToParameter(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array is { } array && array.Length == bytes.Length ? array : bytes.ToArray();

    /// <inheritdoc/>
    public override DateTimeOffset ReadTime(DbDataReader reader, int column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    /// <inheritdoc/>
    public override TrustError? Classify(DbException failure) => failure is not SqliteException e ? null : e.SqliteErrorCode switch
    {
        raw.SQLITE_CONSTRAINT when e.SqliteExtendedErrorCode is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_FOREIGNKEY => TrustError.PublishConflict,
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_FULL
            or raw.SQLITE_CANTOPEN or raw.SQLITE_PROTOCOL or raw.SQLITE_NOTADB or raw.SQLITE_PERM => TrustError.StoreUnavailable,
        _ => null,
    };

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearPool(new SqliteConnection(ConnectionString));
        return ValueTask.CompletedTask;
    }

    private static void ApplySettings(DbConnection connection) =>
        Apply(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={DatabaseLimits.LockWait.TotalMilliseconds}; PRAGMA synchronous=FULL;"));

    private static void Apply(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class SettingsInterceptor : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => ApplySettings(connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ApplySettings(connection);
            return Task.CompletedTask;
        }
    }
}
